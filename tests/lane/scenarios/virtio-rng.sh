about="a TD finds the PCI bus and reads random bytes from the host"
options="--guest td --cpus 1 --device virtio-rng"
actions=pci,rng

check() {
  healthy
  said '^VMM-LANE: pci 0000:00:00\.0 0x060000 0x1b36:0x0008'
  said '^VMM-LANE: pci 0000:00:01\.0 0xff0000 0x1af4:0x1044'
  said '^VMM-LANE: pci ecam'
  said '^VMM-LANE: rng virtio_rng\.0 4096 bytes, [0-9]{4} kinds of pairs'
  said '^VMM-LANE: interrupts virtio0-'
}
