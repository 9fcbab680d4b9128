about="vmm doctor finds that emulated TDs can run"
timeout=60

start() { vmm doctor; }

check() {
  exited 0
  unsaid '^missing +KVM_CAP'
}
