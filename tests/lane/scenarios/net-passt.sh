about="a TD fetches a file over passt"
. "${0%/*}/network"
options="--guest td --cpus 1 --device virtio-net,socket=/tmp/vmm-lane.socket,mtu=65520"
actions=network
cmdline="vmmaddress=192.0.2.1/24 vmmhost=192.0.2.2 vmmport=$port"
timeout=300

lacking() { command -v passt > /dev/null || echo "passt"; }

# To the guest the gateway is the host's loopback. L1 has no network that the guest could have a part in: it gets one.
start() {
  uplink=
  [ -n "$(toolbox ip route show default)" ] || { uplink=yes; make_tap 192.0.2.1; toolbox ip route add default via 192.0.2.2; }
  serve_file 127.0.0.1
  passt --foreground --one-off --ipv4-only --socket /tmp/vmm-lane.socket --runas 65534:65534 \
    --address 192.0.2.1 --netmask 24 --gateway 192.0.2.2 > "$result/passt" 2>&1 &
  for try in 1 2 3 4 5; do [ -S /tmp/vmm-lane.socket ] && break; sleep 1; done
  run
  ended=$?
  stop_serving
  [ -z "$uplink" ] || remove_tap
  return $ended
}

check() {
  healthy
  said '^VMM-LANE: network eth0 carrier 1 mtu 65520'
  said "^VMM-LANE: network fetched $(cat "$result/served") 33554432"
  counted receivedPackets 100 1000000
  counted receivedDrops 0 0
}
