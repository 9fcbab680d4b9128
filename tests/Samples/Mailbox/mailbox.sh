#!/bin/sh
# mailbox.sh KEY: prints what the host has put into the mailbox under this key. Runs in the guest; busybox will do.
# MAILBOX_TTY is the serial port of the device type mailbox-serial; /dev/ttyS1 (COM2) by default.
exec 3<> "${MAILBOX_TTY:-/dev/ttyS1}" || exit 1
stty raw -echo <&3
printf '?%s\n' "$1" >&3
IFS= read -r answer <&3
case $answer in
  =*) printf '%s\n' "${answer#=}" ;;
  *) echo "mailbox.sh: the host has nothing under '$1'" >&2; exit 1 ;;
esac
