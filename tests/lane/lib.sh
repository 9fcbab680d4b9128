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

# program NAME: where it is; the administrator's programs are on no user's path.
program() { PATH=$PATH:/sbin:/usr/sbin command -v "$1" || die "there is no $1"; }

# more_initramfs NAME PROGRAM...: an archive with programs and their libraries, for the guests of scenarios that ask for it:
# what few need shall not cost all of them their time to unpack.
more_initramfs() {
  local tree=$cache/tree to=$cache/more-$1.gz file library; shift
  rm -rf "$tree"
  mkdir -p "$tree"/{bin,lib,lib64}
  for file; do
    cp -L "$file" "$tree/bin/"
    for library in $(ldd "$file" 2> /dev/null | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p'); do cp -nL "$library" "$tree/lib/"; done
    ! ldd "$file" > /dev/null 2>&1 || cp -nL /lib64/ld-linux-x86-64.so.2 "$tree/lib64/"
  done
  pack "$tree" "$to"
  rm -rf "$tree"
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
