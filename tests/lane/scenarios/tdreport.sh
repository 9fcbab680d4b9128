about="a TD has the report device, and configfs-tsm names its provider"
actions=tdreport

check() {
  healthy
  said '^VMM-LANE: device /dev/tdx_guest'
  said '^VMM-LANE: tsm provider tdx_guest'
  said '^VMM-LANE: quote (bytes [0-9]+ version 4|none)$'
  unsaid 'insmod .* failed'
}
