about="a TD reads its measurements, as newer kernels show them, through a TDREPORT"
kernel=vmlinux-new
actions=tdreport

check() {
  healthy
  said '^VMM-LANE: measurement mrtd:sha384 [0-9a-f]{96}$'
  said '^VMM-LANE: measurement rtmr0:sha384 [0-9a-f]{96}$'
}
