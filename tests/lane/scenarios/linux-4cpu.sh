about="a TD with four CPUs wakes them all through the mailbox, and each runs programs"
options="--guest td --cpus 4"
actions=smp

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* cpus 4 tdx yes'
  for cpu in 0 1 2 3; do said "^VMM-LANE: smp cpu $cpu $cpu\$"; done
}
