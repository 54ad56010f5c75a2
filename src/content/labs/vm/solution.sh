#!/usr/bin/env bash
# A process with 40 MB forks three more. The sum of their RSS counts the same pages four times; PSS does not.
if [ ! -r /proc/self/smaps_rollup ]; then
  echo 'SKIP no /proc/PID/smaps_rollup here (Linux 4.14 or newer)'
  exit 0
fi
work=$(mktemp -d) || exit
processes=($$)
trap 'kill "${processes[@]:1}" 2>/dev/null; rm -rf "$work"' EXIT
mkfifo "$work/never"
printf -v data '%40000000s' ''
for _ in 1 2 3; do
  read -r _ <"$work/never" & # waits, and changes nothing
  processes+=($!)
done
sum() { # FIELD; only builtins, since every helper that bash forks would share the pages as well
  total=0
  for pid in "${processes[@]}"; do
    while read -r field kb _; do
      if [ "$field" = "$1:" ]; then total=$((total + kb)); fi
    done <"/proc/$pid/smaps_rollup"
  done
}
sum Rss && rss=$((total / 1024))
sum Pss && pss=$((total / 1024))
echo "four processes, ${#data} bytes: RSS together $rss MB, PSS together $pss MB"
[ "$rss" -ge 152 ] && [ "$pss" -ge 38 ] && [ "$pss" -lt 76 ]
