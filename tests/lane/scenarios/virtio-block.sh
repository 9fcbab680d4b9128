about="a TD writes a disk, flushes it, reads it back, and the host finds the same bytes"
options="--guest td --cpus 2"
actions=disk
timeout=240

start() {
  truncate -s 32M "$result/disk"
  options="$options --device virtio-block,path=$result/disk,serial=lane-disk,queues=2"
  echo "{}" > "$result/config.json"
  vmm run "$result/config.json" --kernel "$images/$kernel" --initrd "$images/$initrd" --memory $memory $options \
    --cmdline "console=ttyS0 quiet panic=-1 vmmtest=$actions $cmdline" --stats "$result/stats"
}

check() {
  healthy
  said '^VMM-LANE: disk serial lane-disk sectors 65536'
  said '^VMM-LANE: disk written [0-9a-f]{64}'
  said "^VMM-LANE: disk read $(sed -n 's/^VMM-LANE: disk written \([0-9a-f]*\).*/\1/p' "$result/console")"
  said "^VMM-LANE: disk written $(head -c 4194304 "$result/disk" | sha256sum | cut -d' ' -f1)"
  said '^VMM-LANE: disk zeros'
  rm -f "$result/disk" # not among the results
}
