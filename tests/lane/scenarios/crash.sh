about="a triple fault ends the VMM with its own exit code, and is no reboot"
actions=ask
answers="reboot poweroff" # the second word is for a VMM that takes it for one
cmdline="reboot=triple"

check() {
  exited 81
  said_times 1 '^VMM-LANE: up linux'
}
