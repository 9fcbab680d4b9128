about="a TD runs the bzImage's own decompressor, which places the kernel at random"
kernel=vmlinuz-6.12
options="--guest td --boot decompressor"
timeout=240 # unpacking is the guest's work here

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* tdx yes'
}
