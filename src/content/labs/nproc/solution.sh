#!/usr/bin/env bash
# Which gatekeeper refuses the next process? Works out what each of them still lets in, then puts the answer to the test.
set -u
command -v perl >/dev/null || {
  echo 'SKIP perl not found'
  exit 0
}

# The threads of this user, and of everyone.
mine=$(cat /proc/[0-9]*/status 2>/dev/null |
  awk -v me="$UID" '/^Uid:/ { own = ($2 == me) } /^Threads:/ && own { n += $2 } END { print n + 0 }')
all=$(sed 's|.*/\([0-9]*\) .*|\1|' /proc/loadavg)
group=$(sed -n 's|^[0-9]*:pids:|/sys/fs/cgroup/pids|p; s|^0::|/sys/fs/cgroup|p' /proc/self/cgroup | head -n 1)
pids_max=$(cat "$group/pids.max" 2>/dev/null || echo max)
limit=$((mine + 50)) # instead of "ulimit -u", which may be too far away for a test

answer=$({
  echo "$((limit - mine)) user-limit"
  [ "$pids_max" = max ] || echo "$((pids_max - $(cat "$group/pids.current"))) control-group"
  echo "$(($(cat /proc/sys/kernel/pid_max) - all)) pid-max"
  echo "$(($(cat /proc/sys/kernel/threads-max) - all)) threads-max"
} | sort -n)
echo "$answer"
read -r left nearest <<<"$answer"

started=$(ulimit -u "$limit" && exec perl -e '
  setpgrp; alarm 9;
  while (@children < 100 && defined($pid = fork)) { $pid or sleep 9, exit; push @children, $pid }
  kill 9, @children; print scalar @children')
echo "$nearest should let in $left: $started of 100 were started"
if [ "$UID" -eq 0 ] && [ "$started" = 100 ]; then
  echo 'SKIP the user limit is not enforced for root'
  exit 0
fi
[ "$started" -gt $((left - 15)) ] && [ "$started" -lt $((left + 15)) ]
