#!/usr/bin/env bash
# A process that is number 1 in its own namespace: which number has it outside, and how can it be ended?
refusal=$(unshare -Urpf --mount-proc true 2>&1) || { echo "SKIP $refusal" && exit; }

unshare -Urpf --mount-proc sleep 30 2>/dev/null &
parent=$!
trap 'kill -9 "$parent" ${outside:+"$outside"} 2>/dev/null' EXIT

# From outside it is a child of unshare like any other. Wait until it has become "sleep".
for _ in {1..100}; do
  outside=$(grep -ls "^PPid:.$parent\$" /proc/[0-9]*/status | cut -d / -f 3)
  [ -n "$outside" ] && [ "$(cat "/proc/$outside/comm" 2>/dev/null)" = sleep ] && break
  sleep 0.1
done
read -r _ first second < <(grep NSpid "/proc/$outside/status") # one number for each namespace
[ "$first" = "$outside" ] && echo "outside it has a number of its own, inside it is $second"

kill -TERM "$outside" && sleep 0.5
kill -0 "$outside" 2>/dev/null && term=survived && echo "SIGTERM: still there"
kill -KILL "$outside"
wait "$parent" 2>/dev/null
kill -0 "$outside" 2>/dev/null || { echo "SIGKILL: gone" && kill=gone; }
[ "$second $term $kill" = '1 survived gone' ]
