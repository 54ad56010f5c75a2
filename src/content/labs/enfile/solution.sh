#!/usr/bin/env bash
# Which of my processes is nearest to its own limit of open files?
(
  ulimit -n 64
  for _ in {1..50}; do exec {last}</dev/null; done
  echo "a program leaks descriptors, up to number $last"
  exec sleep 20 # it inherits all of them
) &
leak=$!
trap 'kill "$leak"' EXIT
for _ in {1..50}; do grep -qs sleep "/proc/$leak/comm" || sleep 0.1; done # until it is sleep

nearest=$(
  for folder in /proc/[0-9]*; do
    used=$(ls "$folder/fd" 2>/dev/null | wc -l) # 0 where it belongs to another user, or has ended
    limit=$(sed -n 's/^Max open files  *\([0-9]*\).*/\1/p' "$folder/limits" 2>/dev/null)
    [ "$used" -gt 0 ] && [ "${limit:-0}" -gt 0 ] &&
      echo "$((100 * used / limit))% $used/$limit $(cat "$folder/comm" 2>/dev/null)"
  done | sort -rn | head -n 3
)
echo "$nearest"
read -r allocated _ max </proc/sys/fs/file-nr
echo "the machine: $((100 * allocated / max))%"
grep -q ' sleep$' <<<"$nearest" && echo 'so it is the process, and not the machine'
