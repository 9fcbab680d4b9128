about="a reboot ends the VMM where the configuration says so"
config='"onReboot": "exit"'
actions=reboot

check() {
  exited 0
  said_times 1 '^VMM-LANE: up linux'
  unsaid 'still here after'
}
