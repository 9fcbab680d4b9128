about="a TD reads its measurements and identities, as newer kernels show them, through a TDREPORT: those of the configuration, and as predicted"
kernel=vmlinux-new
actions=tdreport

identity() { printf "%096d" "$1"; }

start() {
  echo "{ \"kernel\": \"$images/$kernel\", \"initrd\": \"$images/$initrd\", \"memory\": \"$memory\"," \
    "\"cmdline\": \"console=ttyS0 quiet panic=-1 vmmtest=$actions\"," \
    "\"td\": { \"mrConfigId\": \"$(identity 11)\", \"mrOwner\": \"$(identity 22)\", \"mrOwnerConfig\": \"$(identity 33)\" } }" > "$result/config.json"
  vmm run "$result/config.json" --stats "$result/stats"
}

check() {
  healthy
  said "^VMM-LANE: measurement mrconfigid $(identity 11)$"
  said "^VMM-LANE: measurement mrowner $(identity 22)$"
  said "^VMM-LANE: measurement mrownerconfig $(identity 33)$"
  vmm measure "$result/config.json" -o json > "$result/measured.json" || fail "measure failed"
  for register in mrTd rtmr0 rtmr1 rtmr2 rtmr3; do
    value=$(sed -n 's/.*"'$register'": "\([0-9a-f]*\)".*/\1/p' "$result/measured.json")
    [ ${#value} = 96 ] || fail "no $register predicted"
    said "^VMM-LANE: measurement $(echo $register | tr T t):sha384 $value$"
  done
}
