about="a shell script in a TD gets values by key from a plugin on the host"
actions=mailbox
long=$(seq -s, 1 60)
config='"plugins": ["'$tests'/Mailbox.Tests/release/Mailbox.dll"], "devices": [
  { "type": "uart16550" }, { "type": "rtc" }, { "type": "acpi-power" },
  { "type": "mailbox-serial", "options": { "entries": [ { "key": "hostname", "value": "td1.example" }, { "key": "long", "value": "'$long'" } ] } } ]'

check() {
  healthy
  said '^VMM-LANE: mailbox hostname: td1\.example$'
  said "^VMM-LANE: mailbox long: $long\$"
  said "^VMM-LANE: mailbox nothing failed: .*the host has nothing under 'nothing'"
  counted found 2 2
  counted missed 1 1
}
