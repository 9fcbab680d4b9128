about="a TD with the newest kernel, which looks at more of the TDX module than 6.12"
kernel=vmlinux-new
options="--guest td --cpus 2"
actions=smp

check() {
  healthy
  said '^VMM-LANE: up linux .* cpus 2 tdx yes'
  said '^VMM-LANE: smp cpu 1 1$'
}
