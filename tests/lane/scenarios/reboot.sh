about="a reboot resets the machine: it boots a second time, and powers off"
actions=ask
answers="reboot poweroff"

check() {
  exited 0
  said_times 2 '^VMM-LANE: up linux'
  said '^VMM-LANE: heard reboot'
  said '^VMM-LANE: heard poweroff'
  unsaid 'still here after'
}
