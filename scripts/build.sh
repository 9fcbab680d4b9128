# Read by ./vmm, ./vmm-test and .ci/run. Expects $root.

artifacts=$root/artifacts
vmm_app=$artifacts/vmm
guests=$artifacts/guests

say() { echo "$@" >&2; }

. "$root/scripts/grpc.sh"

# The SDK on the path, where DOTNET_ROOT says, or where its installers put it. Without -f: $dotnet may be a link that a version manager moves.
find_dotnet() {
  local candidate
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    if [ -x "$candidate" ] && [ ! -d "$candidate" ]; then
      dotnet=$candidate
      export DOTNET_ROOT=${DOTNET_ROOT:-$(dotnet_home)}
      return
    fi
  done
  say "vmm: the .NET 10 SDK is missing; install it (package dotnet-sdk-10.0, or https://dot.net) and put dotnet on the path"
  exit 69
}

# Where the runtime lies: beside the command, or, if that is a version manager's script, where it says.
dotnet_home() {
  local home
  home=$(dirname "$(readlink -f "$dotnet")")
  [ -d "$home/host" ] || home=$("$dotnet" --list-runtimes 2> /dev/null | sed -n 's|^Microsoft.NETCore.App .*\[\(.*\)/shared/Microsoft.NETCore.App\]$|\1|p' | tail -1)
  echo "$home"
}

require_sdk() {
  local newest
  newest=$("$dotnet" --list-sdks 2> /dev/null | cut -d. -f1 | sort -n | tail -1)
  if [ "${newest:-0}" -lt 10 ]; then
    say "vmm: $dotnet has no SDK of .NET 10 (newest: ${newest:-none}); install package dotnet-sdk-10.0, or see https://dot.net"
    exit 69
  fi
}

# changed_since STAMP PATH...: whether anything under the paths is newer. Folders count: they change when a file is removed.
changed_since() {
  local stamp=$1
  shift
  [ ! -e "$stamp" ] || [ -n "$(cd "$root" && find "$@" -newer "$stamp" -print -quit)" ]
}

vmm_changed() { grpc_changed || changed_since "$artifacts/vmm.built" Vmm.Core Vmm.Devices Vmm.Tdx Vmm.Host Directory.Build.props Directory.Packages.props global.json; }
guests_changed() { changed_since "$artifacts/guests.built" tests/Vmm.Guests Vmm.Tdx/Abi; }

# What is on disk may have changed while it was being built: the stamp is the time of the beginning.
build_vmm() {
  vmm_changed || guests_changed || return 0
  mkdir -p "$artifacts"
  exec 8> "$artifacts/build.lock"
  flock 8
  if vmm_changed || guests_changed; then
    require_sdk
    say "building…"
    choose_grpc
    touch "$artifacts/building"
    vmm_changed && publish
    guests_changed && write_guests
    rm -f "$artifacts/building"
  fi
  exec 8>&-
}

publish() {
  # Compiling ahead of time needs a package that not every feed has; without it vmm starts a little slower.
  logged publish "$root/Vmm.Host" -p:AheadOfTime=true -o "$vmm_app" ||
    { grep -qi crossgen "$artifacts/build.log" && logged publish "$root/Vmm.Host" -o "$vmm_app"; } ||
    build_failed
  cp -p "$artifacts/building" "$artifacts/vmm.built"
}

write_guests() {
  logged build "$root/tests/Vmm.Guests" && "$dotnet" "$artifacts/bin/Vmm.Guests/release/Vmm.Guests.dll" "$guests" >> "$artifacts/build.log" 2>&1 || build_failed
  cp -p "$artifacts/building" "$artifacts/guests.built"
}

# Build servers stay behind with whatever files are open: they must not inherit the lock.
logged() {
  local verb=$1
  shift
  DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 "$dotnet" "$verb" "$@" -c Release -v quiet --nologo > "$artifacts/build.log" 2>&1 < /dev/null 8>&-
}

build_failed() {
  say "vmm: the build failed; all of it is in $artifacts/build.log"
  grep -E 'error' "$artifacts/build.log" | sort -u | head -5 >&2 || tail -5 "$artifacts/build.log" >&2
  exit 70
}
