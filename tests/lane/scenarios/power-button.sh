about="vmm stop presses the power button: the guest sees it, and powers off"
actions=button
timeout=240

start() {
  socket=/tmp/vmm-lane-$$.sock
  {
    until grep -q 'VMM-LANE: ready' "$result/console"; do
      [ -e "$result/running" ] || exit 0
      sleep 1
    done
    vmm stop td --host "unix://$socket" --time 100 --no-kill > "$result/stop" 2>&1
    echo "exit code $?" >> "$result/stop"
  } < /dev/null &
  echo "{ $config }" > "$result/config.json"
  vmm run "$result/config.json" --kernel "$images/$kernel" --initrd "$(initramfs)" --memory $memory $options --control "$socket" \
    --cmdline "console=ttyS0 quiet panic=-1 vmmtest=$actions" --stats "$result/stats"
  code=$?
  wait
  return $code
}

check() {
  healthy
  said '^VMM-LANE: button pressed: type 1 code 116 value 1$' # EV_KEY, KEY_POWER
  grep -q '^exit code 0$' "$result/stop" || fail "vmm stop: $(cat "$result/stop")"
  counted presses 1 1
}
