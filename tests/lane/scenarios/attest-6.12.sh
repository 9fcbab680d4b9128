. "${1%/*}/attest.sh"
about="an older kernel's quote verifies, too: all but RTMR3, for which it has no file"
kernel=vmlinux-6.12
rtmr3=000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000

check_rtmr3() {
  said '^VMM-LANE: rtmr3 has no file'
  skipped "RTMR3 from sysfs: Linux 6.12 has no /sys/class/misc/tdx_guest/measurements, 6.16 and newer have"
}
