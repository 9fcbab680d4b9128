about="a TD with memory on both sides of the hole below 4 GiB"
memory=5G

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* tdx yes memory (4[6-9]|5[01])[0-9][0-9]$'
}
