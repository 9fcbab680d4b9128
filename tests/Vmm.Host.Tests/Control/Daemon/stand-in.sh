#!/bin/sh
# Stands in for the process of a machine: writes what one writes, and ends as --cmdline says.
for argument in "$@"; do
  case $argument in
    --run-folder=*) run=${argument#*=} ;;
    --cmdline=*) plan=${argument#*=} ;;
    --name=*) name=${argument#*=} ;;
  esac
done
[ "$2" = --spare ] && { cat > /dev/null; exit 0; }
start=$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)
now() { date -u +%Y-%m-%dT%H:%M:%S.%NZ; }
number=0

record() {
  echo "{\"version\":1,\"pid\":$$,\"startTime\":$start,\"name\":\"$name\",\"resets\":0$1}" > "$run/run.new"
  mv "$run/run.new" "$run/run.json"
}

tell() {
  number=$((number + 1))
  echo "{\"sequence\":$number,\"at\":\"$(now)\",\"kind\":\"KIND_$1\",\"state\":\"STATE_$2\",\"detail\":\"$3\",\"exitCode\":${4:-0}}" >> "$run/events.jsonl"
}

finish() {
  tell ENDED ENDED "$2" "$1"
  record ",\"exit\":{\"code\":$1,\"reason\":\"$2\",\"at\":\"$(now)\",\"asked\":${3:-false}}"
  exit "$1"
}

case $plan in
  refuse) echo "vmm: kernel: no such file" >&2; exit 66 ;;
  hang) while :; do sleep 60 & wait; done ;;
esac
record
echo "printed by $name" > "$run/console.log"
tell RUNNING RUNNING
case $plan in
  end) finish 0 "the guest powered itself off" ;;
  fail) finish 81 "the guest crashed" ;;
  vanish) kill -9 $$ ;;
  deaf) trap '' TERM ;;
  *) trap 'finish 143 "ended by SIGTERM" true' TERM ;;
esac
while :; do
  if [ -e "$run/pause" ]; then
    rm "$run/pause"
    tell PAUSED PAUSED
  fi
  sleep 0.02 & wait
done
