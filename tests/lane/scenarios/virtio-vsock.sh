about="200 vsock connections at once echo, from a TD to the host and from the host to a TD"
options="--guest td --cpus 2"
more=streams
actions=vsock
timeout=300
connections=200
bytes=32768

start() {
  rm -f "$result/vsock_52" # of an earlier attempt
  echo '{}' > "$result/config.json"
  "$images/streams" serve unix "$result/vsock_52" $connections > "$result/served" &
  hosts=$!
  {
    until grep -q 'VMM-LANE: ready' "$result/console"; do [ -e "$result/running" ] || exit; sleep 1; done
    exec "$images/streams" call unix "$result/vsock" 7 $connections $bytes > "$result/called" 2>&1
  } &
  hosts="$hosts $!"
  options="$options --device virtio-vsock,cid=3,socket=$result/vsock"
  vmm run "$result/config.json" --kernel "$images/$kernel" --initrd "$(initramfs)" --memory $memory $options \
    --cmdline "console=ttyS0 quiet panic=-1 vmmtest=$actions streams=$connections,$bytes $cmdline" --stats "$result/stats"
  ended=$?
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    [ ! -s "$result/served" ] || [ ! -s "$result/called" ] || break # they have theirs, and say so when they have read it
    sleep 1
  done
  kill $hosts 2> /dev/null
  return $ended
}

check() {
  all=$((connections * bytes))
  healthy
  said "^VMM-LANE: vsock called $connections of $connections echoed $bytes bytes rightly"
  said "^VMM-LANE: vsock served $connections with $all bytes"
  grep -q "^$connections of $connections echoed $bytes bytes rightly" "$result/called" || fail "the host's calls: $(cat "$result/called")"
  grep -q "^served $connections with $all bytes" "$result/served" || fail "the host served: $(cat "$result/served")"
  counted connections $((2 * connections)) $((2 * connections))
  counted bytesToGuest $((2 * all)) $((2 * all))
  counted bytesFromGuest $((2 * all)) $((2 * all))
}
