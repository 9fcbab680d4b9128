about="block throughput next to QEMU: same backing file, kernel and host"
memory=512M
more=load
actions=blockload
timeout=1500
rounds=3
contenders="qemu vmm vmm-td qemu-iothread"

# The file is on tmpfs: what is measured is the machine, not a disk below it.
machine() { # CONTENDER
  case $1 in
    qemu) qemu -drive "if=none,id=d,format=raw,file=$result/disk" -device virtio-blk-pci,drive=d,disable-legacy=on ;;
    qemu-iothread) qemu -object iothread,id=t -drive "if=none,id=d,format=raw,file=$result/disk" -device virtio-blk-pci,drive=d,disable-legacy=on,iothread=t ;;
    vmm) ours ordinary ;;
    vmm-td) ours td ;;
  esac
}

ours() {
  echo "{}" > "$result/config.json"
  vmm run "$result/config.json" --guest $1 --kernel "$images/$kernel" --initrd "$(initramfs)" --memory $memory \
    --device "virtio-block,path=$result/disk" --cmdline "console=ttyS0 quiet panic=-1 vmmtest=$actions $cmdline"
}

start() {
  dd if=/dev/zero of="$result/disk" bs=1M count=256 2> /dev/null
  for round in $(seq $rounds); do
    for contender in $contenders; do
      machine $contender > "$result/$contender.$round"
      sed -n "s/^VMM-LANE: load /$contender /p" "$result/$contender.$round"
      keep
    done
  done
}

check() {
  for contender in $contenders; do
    for load in seq-read seq-write rand-read-1 rand-write-1 rand-read-32 rand-write-32; do
      said_times $rounds "^$contender $load "
    done
  done
  compared qemu > "$result/table"
  rm -f "$result/disk"
}
