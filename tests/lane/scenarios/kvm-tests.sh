about="the unit tests that need KVM pass here, too"
timeout=600

start() {
  for assembly in "$tests"/*.Tests/release/*.Tests.dll; do
    timeout "$timeout" "$dotnet" "$assembly" -trait Category=Kvm -noColor -noLogo || return
  done
}

check() {
  exited 0
  said 'Total: [1-9]'
  unsaid 'Skipped: [1-9]'
}
