about="a panic is told on the console, and panic=-1 boots again"
actions=ask
answers="panic poweroff"

check() {
  exited 0
  said 'Kernel panic - not syncing: sysrq triggered crash'
  said_times 2 '^VMM-LANE: up linux'
}
