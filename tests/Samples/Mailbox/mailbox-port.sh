#!/bin/sh
# mailbox-port.sh KEY: as mailbox.sh, for the device type mailbox. Runs in the guest, as root, on kernels that have /dev/port; busybox will do.
# MAILBOX_PORT is the first port (a multiple of 64); 0x540 by default.
window=$((${MAILBOX_PORT:-0x540})) size=64
command=$((window + size)) page=$((window + size + 1)) length=$((window + size + 2))

# /dev/port: the file offset is the port, and each byte goes to the next one.
get() { dd if=/dev/port bs=1 skip="$1" count="$2" 2> /dev/null; }
put() { dd of=/dev/port bs=1 seek="$1" conv=notrunc 2> /dev/null; }
number_at() { get "$1" 1 | od -An -tu1 | tr -d ' '; }
byte() { printf "\\$(printf '%03o' "$1")"; }

{ printf '%s' "$1"; dd if=/dev/zero bs=1 count=$((size - ${#1})) 2> /dev/null; } | put $window
byte 1 | put $command
[ "$(number_at $command)" = 1 ] || { echo "mailbox-port.sh: the host has nothing under '$1'" >&2; exit 1; }

left=$(($(number_at $length) + 256 * $(number_at $((length + 1))))) number=0
while [ "$left" -gt 0 ]; do
  byte $number | put $page
  get $window $((left < size ? left : size))
  left=$((left - size)) number=$((number + 1))
done
