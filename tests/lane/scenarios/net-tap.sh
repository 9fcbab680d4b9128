about="a TD pings the host over a tap, fetches a file and sends it back"
. "${0%/*}/network"
options="--guest td --cpus 2 --device virtio-net,tap=vmm-lane"
actions=network,pinghost,sendback
cmdline="vmmaddress=198.18.0.2/24 vmmhost=198.18.0.1 vmmport=$port"
timeout=300

lacking() { no_way_to_tap; }

start() {
  make_tap 198.18.0.1
  serve_file 198.18.0.1
  # With no input, nc would hang up at once.
  sleep $timeout | toolbox nc -l -p 7000 | sha256sum | cut -d' ' -f1 > "$result/sent" &
  run
  ended=$?
  stop_serving
  remove_tap
  return $ended
}

check() {
  healthy
  said '^VMM-LANE: network eth0 carrier 1 mtu 1500'
  said '^VMM-LANE: network ping 3 packets transmitted, 3 packets received'
  said "^VMM-LANE: network fetched $(cat "$result/served") 33554432"
  [ "$(cat "$result/sent")" = "$(cat "$result/served")" ] || fail "the host got other bytes back"
  said '^VMM-LANE: interrupts virtio[0-9]-input\.0'
  counted receivedPackets 100 1000000
  counted receivedDrops 0 0
  counted sentPackets 100 1000000
  counted sentDrops 0 0
}
