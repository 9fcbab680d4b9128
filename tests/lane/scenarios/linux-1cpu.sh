about="a TD with one CPU reaches its init and powers off"
options="--guest td --cpus 1"

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* cpus 1 tdx yes'
  said '^VMM-LANE: dmesg tdx: Guest detected'
  counted exits 3500 5500 # every access to a port is two: the exception and the call
}
