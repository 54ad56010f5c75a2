#!/usr/bin/env bash
# Ends a fork bomb without cgroup.kill: first the whole group stands still, then all in it are ended.
set -u
if ! grep -qsF 'lab.machine=throw-away' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then
  echo 'SKIP this harms the machine it runs on: only on the throw-away one in the browser'
  exit 0
fi
group=/sys/fs/cgroup/lab-bomb
mkdir "$group"
trap 'echo 1 >"$group/cgroup.kill"; sleep 1; rmdir "$group"' EXIT
echo 32 >"$group/pids.max"
(
  echo 0 >"$group/cgroup.procs"
  exec bash -c 'bomb() { bomb | bomb & }; bomb'
) 2>/dev/null
until [ "$(awk '$1 == "max" { print $2 }' "$group/pids.events")" -gt 0 ]; do sleep 0.2; done
echo "the bomb has $(cat "$group/pids.current") processes"

echo 1 >"$group/cgroup.freeze"
until grep -q '^frozen 1$' "$group/cgroup.events"; do sleep 0.1; done
echo "frozen with $(cat "$group/pids.current")"
for _ in {1..50}; do
  # shellcheck disable=SC2046
  kill -9 $(cat "$group/cgroup.procs") 2>/dev/null
  [ "$(cat "$group/pids.current")" -gt 0 ] || break
  sleep 0.2
done
echo "left: $(cat "$group/pids.current")"
[ "$(cat "$group/pids.current")" -eq 0 ]
