about="what a TD has synced outlives the SIGKILL of its VMM: ext4 is clean and 256 MiB are right"
memory=768M
more=e2fs
timeout=600

disk_guest() { # ACTION COMMAND…
  action=$1
  shift
  echo "{}" > "$result/config.json"
  "$@" run "$result/config.json" --kernel "$images/$kernel" --initrd "$(initramfs)" --memory $memory $options --stats "$result/stats" \
    --device "virtio-block,path=$result/disk,queues=2" --cmdline "console=ttyS0 quiet panic=-1 vmmtest=$action"
}

start() {
  truncate -s 512M "$result/disk"
  disk_guest killed exec $vmm & # the shell becomes vmm, so that it is vmm that is killed
  pid=$!
  waited=0
  until grep -q '^VMM-LANE: killed at work' "$result/console" || [ $waited = $timeout ] || ! kill -0 $pid 2> /dev/null; do
    sleep 1
    waited=$((waited + 1))
  done
  sleep 2 # it writes on
  kill -9 $pid
  wait $pid
  echo "VMM-LANE: the killed vmm ended with $?"

  # Before any other machine has touched it. A mount replays the journal before all else, and so does this; then nothing may be left to mend.
  e2fsck -E journal_only -y "$result/disk" > "$result/journal" 2>&1
  echo "VMM-LANE: journal $?"
  e2fsck -fn "$result/disk" > "$result/e2fsck" 2>&1
  echo "VMM-LANE: e2fsck $?"
  echo "VMM-LANE: host $(debugfs -R 'cat /data' "$result/disk" 2> /dev/null | sha256sum)"

  disk_guest survivor timeout -k 10 $timeout $vmm
}

check() {
  sum=$(sed -n 's/^VMM-LANE: killed synced \([0-9a-f]*\) .*/\1/p' "$result/console")
  exited 0
  said '^VMM-LANE: killed synced [0-9a-f]{64}'
  said '^VMM-LANE: the killed vmm ended with 137'
  said '^VMM-LANE: journal [01]$'
  said '^VMM-LANE: e2fsck 0$'
  said "^VMM-LANE: host $sum"
  said "^VMM-LANE: survivor $sum"
  unsaid '^VMM-LANE: no file system'
  unsaid '^VMM-LANE: complaint'
  rm -f "$result/disk" # not among the results
}
