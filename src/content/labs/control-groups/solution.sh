#!/usr/bin/env bash
# How much CPU did the group get, and how long did it stand still? From cpu.stat alone.
set -u
if ! grep -qsF 'lab.machine=throw-away' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then
  echo 'SKIP this makes control groups as root: only on the throw-away machine in the browser'
  exit 0
fi
group=/sys/fs/cgroup/lab-busy
mkdir "$group"
trap 'rmdir "$group"' EXIT
echo '30000 100000' >"$group/cpu.max"
(
  echo 0 >"$group/cgroup.procs"
  exec bash -c 'until [ "$SECONDS" -ge 5 ]; do for ((i = 0; i < 500; i++)); do :; done; done'
)
percent=$(awk '
  { of[$1] = $2 }
  END { printf "%d", 100 * of["usage_usec"] / (of["nr_periods"] * 100000) }' "$group/cpu.stat")
stood=$(awk '
  { of[$1] = $2 }
  END { printf "%d", of["throttled_usec"] / of["nr_periods"] / 1000 }' "$group/cpu.stat")
echo "it got $percent percent of a CPU, and stood still for $stood ms of each period of 100 ms"
[ "$percent" -ge 15 ] && [ "$percent" -le 45 ] && [ "$stood" -gt 10 ]
