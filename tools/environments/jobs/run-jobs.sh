# shellcheck shell=bash
# Runs every line of jobs.sh in this virtual machine and keeps what it printed, its exit code, its time, and what it left behind.
cd "$1/jobs" || exit 1
mkdir out

# The limits of memory of all control groups: none at all, or the first.
memory_limit=$(find /sys/fs/cgroup -name memory.max -exec cat {} + | grep -v max | head -n 1)
{
  echo "os=$(. /etc/os-release && echo "$PRETTY_NAME")"
  echo "kernel=$(uname -srm)"
  echo "memory=$(awk '/^MemTotal/ { print int($2 / 1024) " MiB" }' /proc/meminfo)"
  echo "cgroup=${memory_limit:-no memory limit} (cgroup v2)"
  echo "cpus=$(nproc)"
  echo "systemd=$(systemctl --version | awk 'NR == 1 { print $2 }')"
  echo "capabilities=$(awk '/^CapEff/ { print $2 }' /proc/self/status)"
  echo "state=$(systemctl is-system-running --wait)"
} >out/facts

# What still runs with a mark, lies in the folder for temporary files, or is a scope without its end.
left_behind() {
  local pid
  for pid in /proc/[0-9]*; do
    grep -qsz "^LAB_MARK=$1\$" "$pid/environ" && echo "process $(tr '\0' ' ' <"$pid/cmdline")"
  done
  find "$temporary" -mindepth 1 -printf 'file %f\n'
  find /sys/fs/cgroup -name 'run-*.scope' -printf 'scope %f\n'
  mount | grep -F "$temporary"
}

# job NUMBER NAME COMMAND...
job() {
  local number=$1 name=$2 started left tries
  shift 2
  echo "LAB-VM job $number $name"
  started=$(date +%s%3N)
  timeout --kill-after=5 300 "$@" </dev/null >"out/$number.output" 2>&1
  echo "$?" >"out/$number.code"
  echo "$(($(date +%s%3N) - started))" >"out/$number.ms"
  for ((tries = 0; tries < 50; tries++)); do
    left=$(left_behind "job-$number")
    [ -n "$left" ] || break
    sleep 0.1
  done
  echo "$left" >"out/$number.left"
}

temporary=$1/tmp
. ./jobs.sh
