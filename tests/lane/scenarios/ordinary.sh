about="a kernel without TDX support runs as an ordinary guest when asked for"
kernel=vmlinux-6.1
options="--guest ordinary --cpus 2"
actions=smp

check() {
  healthy
  said '^VMM-LANE: up linux 6\.1\..* cpus 2 tdx no'
  said '^VMM-LANE: smp cpu 1 1$'
}
