about="power-off ends the VMM at once with exit code 0"
actions=poweroff

check() {
  exited 0
  said '^VMM-LANE: up linux'
  unsaid '^VMM-LANE: done|still here after'
}
