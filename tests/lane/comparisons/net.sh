about="network throughput next to QEMU: same tap, kernel and host"
. "${0%/*}/network"
memory=512M
more=load
actions=netload
cmdline="vmmaddress=198.18.0.2/24 vmmhost=198.18.0.1"
timeout=1500
rounds=2
contenders="qemu vmm vmm-td vmm-td-fast qemu-vhost"

lacking() { no_way_to_tap; }

machine() { # CONTENDER
  case $1 in
    qemu) theirs ;;
    qemu-vhost) theirs ,vhost=on ;;
    vmm) ours ordinary ;;
    vmm-td) ours td ;;
    vmm-td-fast) ours td --ve fast ;;
  esac
}

theirs() {
  qemu -netdev "tap,id=n,ifname=vmm-lane,script=no,downscript=no$1" -device virtio-net-pci,netdev=n,disable-legacy=on,romfile=
}

ours() {
  options="--guest $* --device virtio-net,tap=vmm-lane"
  run
}

start() {
  make_tap 198.18.0.1
  netload serve 198.18.0.1 &
  server=$!
  for round in $(seq $rounds); do
    for contender in $contenders; do
      machine $contender > "$result/$contender.$round"
      sed -n "s/^VMM-LANE: load /$contender /p" "$result/$contender.$round"
      keep
    done
  done
  kill $server
  remove_tap
}

check() {
  for contender in $contenders; do
    for load in tcp-send tcp-receive round-trips; do
      said_times $rounds "^$contender $load "
    done
  done
  compared qemu > "$result/table"
}
