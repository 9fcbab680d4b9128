about="a fatal error that the kernel reports is told, and ends the TD"
config='"td": { "attributes": 0 }' # without SEPT_VE_DISABLE Linux refuses to run
timeout=60

check() {
  exited 80
  unsaid 'VMM-LANE'
  reported 'fatal error.*SEPT #VE has to be disabled'
}
