about="a TD runs the bzImage's own decompressor, which places the kernel at random"
kernel=vmlinuz-6.12
options="--guest td --boot decompressor"
timeout=240 # unpacking is the guest's work here
actions=place

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* tdx yes'
  said '^VMM-LANE: kernel at [0-9a-f]+ f'
  unsaid 'kernel at 0*1000000 f*81000000$' # either may be so by chance, not both
}
