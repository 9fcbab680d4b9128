about="a TD's quote verifies: signatures, nonce, predicted measurements, RTMR3 as the guest extended it; CCEL shows the launch"
kernel=vmlinux-new
actions=attest
nonce=310a320a330a340a350a360a370a380a390a31300a31310a31320a31330a31340a31350a31360a31370a31380a31390a32300a32310a32320a32330a32340a32
rtmr3=9a70d5e7b10abbace82af71f56c945b8281d234c7f65038cab6857538056099f60bb9834b92d7daff32b522604558829

start() {
  export XDG_STATE_HOME="$result/state"
  echo "{ \"kernel\": \"$images/$kernel\", \"initrd\": \"$images/$initrd\", \"memory\": \"$memory\"," \
    "\"cmdline\": \"console=ttyS0 quiet panic=-1 vmmtest=$actions\" }" > "$result/config.json"
  vmm run "$result/config.json" --stats "$result/stats"
}

check_rtmr3() { said '^VMM-LANE: rtmr3 extended'; }

check() {
  healthy
  check_rtmr3
  sed '1,/VMM-LANE: begin quote/d; /VMM-LANE: end quote/,$d' "$result/console" | tr -d '\r' | base64 -d > "$result/quote"
  vmm measure "$result/config.json" -o json > "$result/measured.json" || fail "measure failed"
  echo "{ \"reportData\": \"$nonce\", \"rtmr3\": \"$rtmr3\" }" > "$result/policy.json"
  vmm quote verify "$result/quote" --root "$result/state/vmm/attestation/root.pem" --policy "$result/policy.json" \
    --measurements "$result/measured.json" > "$result/verdict.txt" 2>&1 || fail "$(cat "$result/verdict.txt")"
  for digest in $(sed -n '/"event"/,/"sha384"/s/.*"sha384": "\([0-9a-f]*\)".*/\1/p' "$result/measured.json"); do
    said "^VMM-LANE: ccel 00000000030000.*$digest"
  done
}
