about="a TD finds consoles and ports by name, and talks to the host over them"
options="--guest td --cpus 2"
more=streams
actions=ports
timeout=240

# joined NAME: the host's end of a port sends back what it is told.
joined() {
  until [ -S "$result/$1" ]; do [ -e "$result/running" ] || return; sleep 1; done
  exec "$images/streams" join "$result/$1" # until vmm ends
}

start() {
  echo '{ "devices": [ { "type": "uart16550" }, { "type": "rtc" }, { "type": "acpi-power" },
    { "type": "virtio-console", "options": { "stream": "unix:'"$result"'/hvc", "ports": [
      { "name": "lane.echo", "stream": "unix:'"$result"'/echo" },
      { "name": "lane.log", "stream": "file:'"$result"'/log" },
      { "name": "lane.nobody", "stream": "unix:'"$result"'/nobody" } ] } } ] }' > "$result/config.json"
  joined hvc &
  joined echo &
  vmm run "$result/config.json" --kernel "$images/$kernel" --initrd "$(initramfs)" --memory $memory $options \
    --cmdline "console=ttyS0 quiet panic=-1 vmmtest=$actions $cmdline" --stats "$result/stats"
}

check() {
  healthy
  said '^VMM-LANE: port vport[0-9]p0 virtio-console' # the console has the device's name
  said '^VMM-LANE: port vport[0-9]p1 lane\.echo'
  said '^VMM-LANE: port vport[0-9]p2 lane\.log'
  said '^VMM-LANE: hvc0 heard over a console'
  said '^VMM-LANE: port said [0-9a-f]{64}'
  said "^VMM-LANE: port heard $(sed -n 's/^VMM-LANE: port said \([0-9a-f]*\).*/\1/p' "$result/console")"
  said '^VMM-LANE: port without a reader waits'
  [ "$(cat "$result/log")" = "written to the log" ] || fail "the log has: $(head -c 200 "$result/log")"
  counted ignoredControlMessages 0 0
}
