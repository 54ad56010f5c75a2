#!/usr/bin/env bash
# Three parents, one of which never collects its children. Find it, and get rid of the zombies.
set -u
parents=()
trap 'kill -9 "${parents[@]}" 2>/dev/null' EXIT
for ending in 'wait; exec sleep 20' 'exec sleep 20' 'wait; exec sleep 20'; do
  bash -c "sleep 0.5 & sleep 0.5 & $ending" &
  parents+=("$!")
done

# "PID PARENT" of every zombie that one of the three has.
zombies() {
  cat /proc/[0-9]*/status 2>/dev/null |
    awk '/^State:/ { state = $2 } /^Pid:/ { pid = $2 } /^PPid:/ && state == "Z" { print pid, $2 }' |
    grep -E " (${parents[0]}|${parents[1]}|${parents[2]})$"
}

for _ in {1..50}; do
  found=$(zombies)
  [ "$(wc -l <<<"$found")" -eq 2 ] && break
  sleep 0.1
done
read -r zombie guilty <<<"$found"
echo "zombies: $(wc -l <<<"$found"), parents of zombies: $(cut -d ' ' -f 2 <<<"$found" | sort -u | wc -l)"
kill "$guilty" || exit 1 # the parent, not the zombies
for _ in {1..30}; do [ ! -e "/proc/$zombie" ] || sleep 0.1; done
if [ -e "/proc/$zombie" ]; then
  echo 'SKIP the process that adopted the zombies does not collect them'
else
  echo 'the parent has ended, and its zombies are gone'
fi
