about="a kernel without TDX support is refused as a TD, before it runs, with the reason"
kernel=vmlinux-6.1
options="--guest td"
timeout=60

check() {
  exited 65
  unsaid 'VMM-LANE|Linux version'
  reported 'TDX'
}
