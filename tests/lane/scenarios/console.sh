about="what is typed at the console arrives in the guest, line by line"
actions=ask
answers="one two-2 poweroff"

check() {
  exited 0
  for word in one two-2 poweroff; do said "^VMM-LANE: heard $word\$"; done
}
