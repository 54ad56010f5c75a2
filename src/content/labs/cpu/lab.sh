#!/usr/bin/env bash
# @lab cpu
# @user any
# @needs linux bash>=4.1
# @optional node>=18 taskset systemd-user-session
# @cost memory=100MB processes=4 files=6 time=6s
# @cleanup automatic
#
# How many CPUs does a program have? Asks several of them: as it is, bound to one CPU,
# and under a quota of CPU time, as "docker run --cpus" and a Kubernetes limit set one.
# --- prelude: the same in every lab, no need to read it first ---
# Other shells set limits differently (zsh: only the soft one), so this must be bash.
if [ -z "${BASH_VERSION:-}" ]; then
  echo "run me with: bash $0"
  return 3 2>/dev/null || exit 3
fi
# "source lab.sh" would run it inside your own shell.
if [ "${BASH_SOURCE[0]:-$0}" != "$0" ]; then
  echo "run me with: bash ${BASH_SOURCE[0]}"
  return 3
fi
set +o posix
set -u
export LC_ALL=C                                      # the checks read English messages
export PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin" # Debian leaves these out for a normal user
unset NODE_OPTIONS                                   # would change what Node does

count=0
failed=0
work=''
# Whatever happens, nothing stays behind: no process and no file.
clean_up() {
  local pid
  [ "$BASHPID" = "$$" ] || return 0 # a child that was only just made still has these traps
  trap '' HUP INT TERM              # a second Ctrl-C, or a closed window, must not stop this half-way
  for pid in $(jobs -pr); do
    kill -9 -- "-$pid" "$pid" # timeout leads a process group: all of it
    wait "$pid"
  done 2>/dev/null
  [ -n "$work" ] || return 0
  chmod -R u+rwx "$work" # a folder without x could not be emptied
  rm -rf "$work"
}
# A signal may come in the instant before clean_up ignores it: then this cleans again, from the start.
stop() {
  clean_up
  exit "$1"
}
trap clean_up EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM
# An mktemp that is ended half-way could not say which folder it made, so there signals are ignored: the shell keeps them for later.
work=$(trap '' HUP INT TERM && exec mktemp -d "${TMPDIR:-/tmp}/lab.XXXXXX") || exit 3

has() { command -v "$1" >/dev/null 2>&1; }
step() { echo "-- step $1"; }
fact() { echo "$1=${2:-none}"; }
raw() { sed 's/^/| /'; }

# value KEY: what the last program said after "KEY=".
value() { sed -n "s/^$1=//p" "$work/out" | head -n 1; }

# check ID SEEN OPERATOR WANTED: one thing that must hold, such as: check small-enough "$n" -lt 10
check() {
  count=$((count + 1))
  if test "$2" "$3" "$4" 2>/dev/null; then
    echo "ok $count - $1"
  else
    echo "not ok $count - $1"
    echo "# saw '$2', wanted: $3 '$4'"
    failed=$((failed + 1))
  fi
}

# skip REASON ID...: checks that mean nothing on this machine.
skip() {
  local reason=$1 id
  shift
  for id in "$@"; do
    count=$((count + 1))
    echo "ok $count - $id # SKIP $reason"
  done
}

# await PID: waits for a background program; its exit code is this function's. Meanwhile Ctrl-C is answered at once.
await() {
  wait "$1" 2>/dev/null
}

# wait_for TEXT FILE: waits until a line with TEXT is in FILE, ten seconds at most.
wait_for() {
  local tries=0
  until grep -qs -- "$1" "$2"; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || return 1
    sleep 0.1
  done
}

in_container() {
  local init=''
  read -r init 2>/dev/null </proc/1/comm
  if [ -e /.dockerenv ] || [ -e /run/.containerenv ] || [ -n "${KUBERNETES_SERVICE_HOST:-}" ]; then
    echo yes
  elif grep -Eqs 'docker|kubepods|containerd|libpod|lxc' /proc/1/cgroup; then
    echo yes
  elif [ "$init" = systemd ] || [ "$init" = init ]; then
    echo no
  else
    echo unknown
  fi
}

cgroup_version() {
  if grep -Eqs '^[0-9]+:[^:]*(memory|pids)' /proc/self/cgroup; then
    echo v1
  elif grep -qs '^0::' /proc/self/cgroup; then
    echo v2
  else
    echo none
  fi
}

# The map of the first user namespace is "0 0 4294967295".
in_userns() {
  local inside outside size
  read -r inside outside size 2>/dev/null </proc/self/uid_map || return 1
  [ "$inside $outside $size" != '0 0 4294967295' ]
}

distribution() {
  local ID=unknown VERSION_ID=''
  # shellcheck source=/dev/null
  [ -r /etc/os-release ] && . /etc/os-release
  echo "$ID${VERSION_ID:+-$VERSION_ID}"
}

# What is not the same on every machine. No names of hosts or users.
begin() {
  lab=$1
  echo "== lab $lab v1"
  fact os "$(uname -s)"
  fact kernel "$(uname -r)"
  fact arch "$(uname -m)"
  fact distribution "$(distribution)"
  fact uid "$(id -u)"
  fact shell "bash-${BASH_VERSION%%(*}"
  fact in_container "$(in_container)"
  fact cgroup "$(cgroup_version)"
  fact userns "$(in_userns && echo yes || echo no)"
  fact wsl "$(grep -qis microsoft /proc/version && echo yes || echo no)"
  fact systemd "$([ -d /run/systemd/system ] && echo yes || echo no)"
  find_node
  if [ "$(uname -s)" != Linux ] || [ ! -r /proc/self/limits ]; then
    echo 'Bail out! This lab needs Linux with /proc.'
    exit 3
  fi
}

# Sets no_node to the reason why the Node steps cannot run; empty when they can.
find_node() {
  local version='' major
  no_node=''
  if ! has node; then
    no_node='node not found'
  elif ! has timeout; then
    no_node='timeout not found'
  else
    version=$(timeout 20 node -p process.version 2>"$work/node-error")
    major=${version#v}
    major=${major%%.*}
    if [ -z "$version" ]; then
      version=$(sed -n 's/.*loading shared libraries: \([^:]*\):.*/needs-\1/p' "$work/node-error")
      version=${version:-broken}
      no_node='node does not start'
    elif [ "$major" -lt 18 ]; then
      no_node='node is older than 18'
    fi
  fi
  fact node "$version"
  fact node_usable "$([ -z "$no_node" ] && echo yes || echo no)"
}

finish() {
  echo "1..$count"
  echo "== end $lab fail=$failed"
  [ "$failed" -eq 0 ]
  exit
}
# --- prelude end ---

begin cpu
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc would believe these

# What different programs take for the number of CPUs.
cat >"$work/count.js" <<'JS'
const os = require('node:os');
console.log(`node_cpus=${os.cpus().length}`);
console.log(`node_parallelism=${os.availableParallelism?.() ?? 'none'}`); // since Node 18.14
JS
cat >"$work/count.sh" <<'SH'
echo "nproc=$(nproc)"
echo "cpuinfo=$(grep -c '^processor' /proc/cpuinfo)"
[ "$2" = skip ] || timeout 60 node "$1"
SH
node_steps=$([ -z "$no_node" ] && echo run || echo skip)

# count PREFIX [COMMAND...]: counts in what COMMAND starts; the names of the facts begin with PREFIX.
count() {
  local prefix=$1
  shift
  "$@" bash "$work/count.sh" "$work/count.js" "$node_steps" >"$work/counted" 2>&1 &
  await "$!"
  sed "s/^/$prefix/" "$work/counted" | tee "$work/out"
}
allowed() { sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status; }

# ---------------------------------------------------------------------------
step who-says-how-many
allowed_before=$(allowed)
fact allowed_list "$allowed_before" # "0-3,6" are five CPUs
fact node_steps "$node_steps"
count ''
nproc_before=$(value nproc)
cpuinfo_before=$(value cpuinfo)
cpus_before=$(value node_cpus)
parallelism_before=$(value node_parallelism)
# "0-3,6": how many are that?
allowed_count=$(echo "$allowed_before" | tr , '\n' | awk -F - '{ n += NF > 1 ? $2 - $1 + 1 : 1 } END { print n }')
fact allowed_count "$allowed_count"
check nproc-is-not-more-than-allowed "$nproc_before" -le "$allowed_count"
# How many tasks run or wait for a CPU or a disk, on average of a minute; and for how much of its time
# this machine could not run because its host ran somebody else ("steal", since it started).
fact load_1min "$(cut -d ' ' -f 1 /proc/loadavg)"
steal='/^cpu / { for (i = 2; i <= 9; i++) all += $i; printf "%.1f", 100 * $9 / all }'
fact steal_percent "$(awk "$steal" /proc/stat)"

# ---------------------------------------------------------------------------
step one-cpu-only
if ! has taskset; then
  fact taskset no
  skip 'taskset not found' nproc-follows-affinity cpuinfo-does-not
  skip 'taskset not found' node-parallelism-follows-affinity node-cpus-do-not
else
  fact taskset yes
  first=${allowed_before%%[-,]*}
  count pinned_ taskset -c "$first"
  check nproc-follows-affinity "$(value pinned_nproc)" -eq 1
  check cpuinfo-does-not "$(value pinned_cpuinfo)" -eq "$cpuinfo_before"
  if [ -n "$no_node" ]; then
    skip "$no_node" node-parallelism-follows-affinity node-cpus-do-not
  else
    check node-parallelism-follows-affinity "$(value pinned_node_parallelism)" = 1
    check node-cpus-do-not "$(value pinned_node_cpus)" -eq "$cpus_before"
  fi
fi

# ---------------------------------------------------------------------------
step quota
# A quota is CPU time in every period of 100 ms. A normal user gets a control group with one from systemd.
# Root can make one: the limit is in cpu.max with control groups v2, in cpu.cfs_quota_us with v1.
quota_by=none
no_quota='' # why there can be none
group=''    # the group, if this lab has made it
remove_group() {
  local tries=0
  [ "$BASHPID" = "$$" ] || return 0 # as in clean_up
  # The last process in it may need a moment to end.
  until [ ! -d "$group" ] || rmdir "$group" 2>/dev/null || [ "$tries" -ge 30 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
}
trap 'clean_up; remove_group' EXIT

make_group() {
  local parent
  for parent in /sys/fs/cgroup/cpu /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup; do
    group=$parent/lab-cpu-$$
    mkdir "$group" 2>/dev/null || continue
    [ ! -e "$group/cpu.cfs_quota_us" ] || quota_by=v1
    [ ! -e "$group/cpu.max" ] || quota_by=v2
    [ "$quota_by" = none ] || return 0
    rmdir "$group"
  done
  group=''
  return 1
}

# limited PERCENT COMMAND...: runs it with so much of one CPU.
limited() {
  local percent=$1
  shift
  case $quota_by in
    systemd) exec timeout 60 systemd-run --user --scope -q -p "CPUQuota=$percent%" "$@" ;;
    v2) echo "${percent}000 100000" >"$group/cpu.max" ;; # microseconds
    v1) echo "${percent}000" >"$group/cpu.cfs_quota_us" ;;
  esac
  echo 0 >"$group/cgroup.procs" && exec timeout 60 "$@" # 0 is the process that writes it
}

cat >"$work/has-quota.sh" <<'SH'
grep -qs '^10000 ' "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/cpu.max" && echo quota
echo started
SH
if has systemd-run && [ -n "${XDG_RUNTIME_DIR:-}" ]; then
  timeout 20 systemd-run --user --scope -q -p CPUQuota=10% bash "$work/has-quota.sh"
fi >"$work/out" 2>"$work/error"
if grep -qs quota "$work/out"; then
  quota_by=systemd
elif [ "$(id -u)" -eq 0 ]; then
  make_group || no_quota='this root may not make a control group with a CPU quota'
elif grep -qs started "$work/out"; then
  no_quota='systemd does not give the cpu controller to this user'
else
  no_quota='no systemd user session'
fi
fact quota_by "$quota_by"

# spin.sh [FILE]: works until the kernel has paused it ten times, but not longer than 20 seconds.
# cpu.stat of a control group counts the periods in which it had work, and those in which it was paused.
cat >"$work/spin.sh" <<'SH'
stat=${1:-/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/cpu.stat}
nr_periods=0 nr_throttled=0
work() {
  until [ "$nr_throttled" -ge 10 ] || [ "$SECONDS" -ge 20 ]; do
    for ((i = 0; i < 3000; i++)); do :; done
    while read -r key number; do
      case $key in
        nr_periods) nr_periods=$number ;;
        nr_throttled) nr_throttled=$number ;;
      esac
    done <"$stat"
  done
}
TIMEFORMAT='%3R %3U %3S'
{ time work; } 2>"$0.times"
read -r wall user system <"$0.times"
wall=$((10#${wall/./})) cpu=$((10#${user/./} + 10#${system/./}))
echo "nr_periods=$nr_periods"
echo "nr_throttled=$nr_throttled"
echo "wall_ms=$wall"
echo "cpu_ms=$cpu"
echo "cpu_percent=$((100 * cpu / wall))"
SH
fact quota_step "$([ -z "$no_quota" ] && echo run || echo skip)"
if [ -n "$no_quota" ]; then
  skip "$no_quota" was-throttled got-its-share-only
else
  limited 10 bash "$work/spin.sh" ${group:+"$group/cpu.stat"} >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  check was-throttled "$(value nr_throttled)" -ge 10
  check got-its-share-only "$(value cpu_percent)" -le 25
fi

# ---------------------------------------------------------------------------
step counting-under-the-quota
if [ -n "$no_quota" ]; then
  skip "$no_quota" cpuinfo-does-not-see-it node-cpus-do-not-see-it
else
  # Half a CPU this time: with a tenth, Node would take too long to start.
  count quota_ limited 50
  check cpuinfo-does-not-see-it "$(value quota_cpuinfo)" -eq "$cpuinfo_before"
  # Whether nproc and Node go by the quota depends on their versions.
  sees() { [ "$1" -eq 1 ] && echo unknown || { [ "$2" -lt "$1" ] && echo yes || echo no; }; }
  fact nproc_sees_the_quota "$(sees "$nproc_before" "$(value quota_nproc)")"
  if [ -n "$no_node" ]; then
    skip "$no_node" node-cpus-do-not-see-it
  else
    fact node_sees_the_quota "$(sees "$parallelism_before" "$(value quota_node_parallelism)")"
    check node-cpus-do-not-see-it "$(value quota_node_cpus)" -eq "$cpus_before"
  fi
fi

# ---------------------------------------------------------------------------
step nothing-left-behind
remove_group
check no-group-is-left "$([ -d "$group" ] && echo left || echo gone)" = gone
check affinity-is-as-before "$(allowed)" = "$allowed_before"
finish
