# What prepare and run share: where things are and how they are packed. Sourced, never run.

lane=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$lane/../.." && pwd)
cache=${VMM_LANE_CACHE:-$root/artifacts/lane}

step() { echo "lane: $*"; }
die() { echo "lane: $*" >&2; exit 1; }

# pack TREE FILE: an initramfs of a directory. Every file belongs to root, whoever builds it; the sorted list and -n keep
# the result the same for the same tree.
pack() {
  (cd "$1" && find . | LC_ALL=C sort | "$cache/busybox" cpio --quiet -o -H newc -R 0:0) | gzip -n -9 > "$2.new"
  mv "$2.new" "$2"
}

# guest_initramfs KERNEL: the guest's init with busybox and the modules of one kernel.
guest_initramfs() {
  local tree=$cache/tree
  rm -rf "$tree"
  mkdir -p "$tree"/{bin,dev,proc,sys,tmp,modules}
  cp "$cache/busybox" "$tree/bin/"
  cp "$lane/guest/init" "$tree/init"
  cp "$root/tests/Samples/Mailbox/mailbox.sh" "$tree/bin/"
  cp "$cache/modules-$1"/* "$tree/modules/"
  pack "$tree" "$cache/guest-$1.gz"
  rm -rf "$tree"
}
