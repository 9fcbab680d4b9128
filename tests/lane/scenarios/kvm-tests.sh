about="the unit tests that need KVM pass here, too"
timeout=1200

# Those of the control API start many processes, which takes long here, and say nothing of KVM that others do not. Why TCG takes no guest that
# begins without paging is told at BeginsUnpagedAttribute.
start() {
  unpaged=
  [ "$accel" != tcg ] || unpaged="-trait- Begins=Unpaged"
  for assembly in $(ls "$tests" | grep 'Tests$'); do
    progress "$assembly"
    timeout "$timeout" "$dotnet" "$tests/$assembly/release/$assembly.dll" \
      -trait Category=Kvm $unpaged -namespace- 'Vmm.Host.Tests.Control.*' -noColor -noLogo -reporter verbose || return
  done
}

check() {
  exited 0
  said 'Total: [1-9]'
  unsaid 'Skipped: [1-9]'
}
