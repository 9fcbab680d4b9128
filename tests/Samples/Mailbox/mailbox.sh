#!/bin/sh
# mailbox.sh KEY: prints what the host has put into the mailbox under this key. Runs in the guest, as root; busybox will do.
# MAILBOX_PORT is the first port (a multiple of 64); 0x540 by default.
window=$((${MAILBOX_PORT:-0x540})) size=64
command=$((window + size)) page=$((window + size + 1)) length=$((window + size + 2))

# /dev/port: the file offset is the port, and each byte goes to the next one.
get() { dd if=/dev/port bs=1 skip="$1" count="$2" 2> /dev/null; }
put() { dd of=/dev/port bs=1 seek="$1" conv=notrunc 2> /dev/null; }
byte() { printf "\\$(printf '%03o' "$1")"; }

{ printf '%s' "$1"; dd if=/dev/zero bs=1 count=$((size - ${#1})) 2> /dev/null; } | put $window
byte 1 | put $command
[ "$(get $command 1 | od -An -tu1 | tr -d ' ')" = 1 ] || { echo "mailbox.sh: the host has nothing under '$1'" >&2; exit 1; }

left=$(get $length 2 | od -An -tu1 | awk '{ print $1 + 256 * $2 }') number=0
while [ "$left" -gt 0 ]; do
  byte $number | put $page
  get $window $((left < size ? left : size))
  left=$((left - size)) number=$((number + 1))
done
