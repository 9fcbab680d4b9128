about="the unit tests that need KVM pass here, too"
timeout=1500

# Those of the control API start many processes, which takes long here, and say nothing of KVM that others do not.
start() {
  for assembly in "$tests"/*.Tests/release/*.Tests.dll; do
    timeout "$timeout" "$dotnet" "$assembly" -trait Category=Kvm -namespace- 'Vmm.Host.Tests.Control.*' -noColor -noLogo || return
  done
}

check() {
  exited 0
  said 'Total: [1-9]'
  unsaid 'Skipped: [1-9]'
}
