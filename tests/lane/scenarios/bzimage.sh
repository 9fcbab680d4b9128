about="a TD's bzImage is unpacked by the VMM and entered as an ELF file is"
kernel=vmlinuz-6.12
options="--guest td --boot unpack"
actions=place

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* tdx yes'
  said '^VMM-LANE: kernel at 0*1000000 f*81000000$'
}
