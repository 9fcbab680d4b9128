about="a TD's bzImage is unpacked by the VMM and entered as an ELF file is"
kernel=vmlinuz-6.12
options="--guest td --boot unpack"

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* tdx yes'
}
