# Read by scripts/build.sh. Where gRPC comes from: Grpc.AspNetCore if the package feed has all of it, else Vmm.Host/GrpcFallback. Asked once and
# written down where the build reads it; VMM_GRPC=package|fallback says it anew, and removing the file asks again.

grpc_choice=$artifacts/grpc.props

grpc_changed() { [ -n "${VMM_GRPC:-}" ] && ! grep -qs ">$VMM_GRPC<" "$grpc_choice"; }

choose_grpc() {
  local choice=${VMM_GRPC:-} reason="VMM_GRPC says so"
  if [ -e "$grpc_choice" ] && ! grpc_changed; then
    return 0
  fi
  if [ -z "$choice" ]; then
    # Nothing says better whether the packages can be had than getting them.
    if timeout 120 "$dotnet" restore "$root/Vmm.Host" -p:VmmGrpc=package -v quiet > "$artifacts/grpc.log" 2>&1 < /dev/null; then
      choice=package reason="the package feed has it"
    else
      choice=fallback reason="the package feed lacks it, or a part of it"
    fi
  fi
  case $choice in
    package) say "gRPC: Grpc.AspNetCore ($reason)" ;;
    fallback) say "gRPC: the built-in fallback for Grpc.AspNetCore ($reason)" ;;
    *) say "vmm: VMM_GRPC=$choice: expected package or fallback"; exit 64 ;;
  esac
  echo "<Project><PropertyGroup><VmmGrpc>$choice</VmmGrpc></PropertyGroup></Project>" > "$grpc_choice"
}
