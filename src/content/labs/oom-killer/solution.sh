#!/usr/bin/env bash
# The same hunger inside a fence: the log has other words, and the neighbour lives.
set -u
if ! grep -qsF 'lab.machine=throw-away' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then
  echo 'SKIP this harms the machine it runs on: only on the throw-away one in the browser'
  exit 0
fi
group=/sys/fs/cgroup/lab-hungry
mkdir "$group"
trap 'rmdir "$group"' EXIT
echo 16M >"$group/memory.max"
sleep 60 &
neighbour=$!
lines_before=$(dmesg | wc -l)

(
  echo 0 >"$group/cgroup.procs"
  exec bash -c 'x=0123456789abcdef; while [ ${#x} -lt 100000000 ]; do x=$x$x; done'
) 2>/dev/null &
wait "$!" 2>/dev/null
echo "exit code $?"

dmesg | tail -n "+$((lines_before + 1))" | grep -oE 'constraint=[A-Z_]*|Memory cgroup out of memory' | sort -u
grep '^oom_kill ' "$group/memory.events"
[ -d "/proc/$neighbour" ] && echo 'the neighbour lives'
kill "$neighbour"
dmesg | grep -q 'constraint=CONSTRAINT_MEMCG'
