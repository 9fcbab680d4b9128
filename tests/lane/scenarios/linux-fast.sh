about="a TD whose trapped accesses are served at once, without #VE"
options="--guest td --ve fast"

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* tdx yes'
  counted exits 1000 2200
}
