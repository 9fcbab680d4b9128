about="a TD with memory on both sides of the hole below 4 GiB"
memory=3200M

check() {
  healthy
  said '^VMM-LANE: up linux 6\.12\..* tdx yes memory (2[89]|3[01])[0-9][0-9]$'
}
