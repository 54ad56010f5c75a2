#!/usr/bin/env bash
# @lab control-groups
# @user root of the throw-away machine in the browser, and of no other
# @needs linux bash>=4.1 dmesg awk
# @cost memory=40MB processes=12 files=4 time=20s
# @cleanup automatic
#
# Makes one control group, gives it a limit of memory, of processes and of CPU time, and runs into each of them. Then: a group in it.
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

# What follows would harm any other machine. The Linux in the browser is started with this word, and nothing else is.
if ! grep -qsF 'lab.machine=throw-away' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then
  echo 'Bail out! This lab harms the machine it runs on. Run it on the throw-away Linux in the browser: the button is on its page.'
  exit 3
fi

begin control-groups
root=/sys/fs/cgroup
group=$root/lab-box
remove_groups() {
  local tries=0
  [ "$BASHPID" = "$$" ] || return 0 # as in clean_up
  [ -d "$group" ] || return 0
  echo 1 >"$group/cgroup.kill"
  until { [ ! -d "$group/inner" ] || rmdir "$group/inner"; } 2>/dev/null && rmdir "$group" 2>/dev/null || [ "$tries" -ge 50 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
}
trap 'clean_up; remove_groups' EXIT
lines_before=$(dmesg | wc -l)
log() { dmesg | tail -n "+$((lines_before + 1))"; }
# event FILE NAME: a counter of the group, such as: event memory.events oom_kill
event() { awk -v name="$2" '$1 == name { print $2 }' "$group/$1"; }
# inside COMMAND...: runs it as a member of the group; 0 is the process that writes it.
inside() {
  (
    echo 0 >"$group/cgroup.procs"
    exec "$@"
  ) >"$work/out" 2>"$work/error" &
  await "$!"
}

# ---------------------------------------------------------------------------
step a-group-is-a-folder
fact controllers "$(cat "$root/cgroup.controllers")"
fact handed_down "$(cat "$root/cgroup.subtree_control")"
mkdir "$group"
fact files_in_it "$(find "$group" -type f | wc -l)"
fact memory_max "$(cat "$group/memory.max")"
fact pids_max "$(cat "$group/pids.max")"
fact cpu_max "$(cat "$group/cpu.max")"
check kernel-filled-the-folder "$(find "$group" -type f | wc -l)" -gt 20
inside cat /proc/self/cgroup
sed 's/^/member_of=/' "$work/out"
check program-knows-its-group "$(cat "$work/out")" = 0::/lab-box

# ---------------------------------------------------------------------------
step memory-max
echo 8M >"$group/memory.max"
fact memory_max "$(cat "$group/memory.max")"
cat >"$work/grow.sh" <<'SH'
piece=0123456789abcdef
while [ "${#piece}" -lt 64000000 ]; do
  piece=$piece$piece
  echo "held_kb=$((${#piece} / 1024))"
done
SH
inside bash "$work/grow.sh"
code=$?
tail -n 1 "$work/out"
fact grow_exit "$code"
fact oom_kills_in_the_group "$(event memory.events oom_kill)"
log | grep -F 'Memory cgroup out of memory: Killed process' | tail -n 1 | sed 's/^\[[^]]*\] //' | raw
check killed-by-signal-9 "$code" -eq 137
check group-counted-the-kill "$(event memory.events oom_kill)" -eq 1
check log-says-memory-cgroup "$(log | grep -c 'Memory cgroup out of memory: Killed process')" -eq 1
check machine-had-plenty "$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)" -gt 20

# ---------------------------------------------------------------------------
step memory-high
# A softer fence: above memory.high nobody is ended, but whoever goes on asking is slowed down.
echo max >"$group/memory.max"
echo 2M >"$group/memory.high"
fact memory_high "$(cat "$group/memory.high")"
sed 's/64000000/4000000/' "$work/grow.sh" >"$work/grow-less.sh"
inside bash "$work/grow-less.sh"
code=$?
tail -n 1 "$work/out"
fact above_high_exit "$code"
fact above_high_events "$(event memory.events high)"
check nobody-is-killed "$code" -eq 0
check group-was-slowed-down "$(event memory.events high)" -gt 0
echo max >"$group/memory.high"

# ---------------------------------------------------------------------------
step pids-max
echo 5 >"$group/pids.max"
fact pids_max "$(cat "$group/pids.max")"
# The shell of BusyBox ends where fork is refused; bash would try again for 15 seconds.
cat >"$work/fork.ash" <<'ASH'
started=0
while [ "$started" -lt 20 ]; do
  sleep 20 &
  started=$((started + 1))
  echo "started=$started"
done
ASH
inside busybox ash "$work/fork.ash"
tail -n 1 "$work/out"
sed 's/.*: //' "$work/error" | raw
fact forks_refused "$(event pids.events max)"
check four-beside-the-shell "$(tail -n 1 "$work/out")" = started=4
check root-is-not-exempt "$(event pids.events max)" -gt 0
echo 1 >"$group/cgroup.kill"
echo max >"$group/pids.max"

# ---------------------------------------------------------------------------
step cpu-max
# 20 ms of every 100 ms.
echo '20000 100000' >"$group/cpu.max"
fact cpu_max "$(cat "$group/cpu.max")"
cat >"$work/spin.sh" <<'SH'
throttled=0
until [ "$throttled" -ge 10 ] || [ "$SECONDS" -ge 60 ]; do
  for ((i = 0; i < 500; i++)); do :; done
  while read -r key number; do [ "$key" != nr_throttled ] || throttled=$number; done <"$1"
done
SH
inside bash "$work/spin.sh" "$group/cpu.stat"
grep -E '^nr_(periods|throttled) ' "$group/cpu.stat" | tr ' ' =
periods=$(event cpu.stat nr_periods)
throttled=$(event cpu.stat nr_throttled)
check was-paused-10-times "$throttled" -ge 10
check in-most-periods "$((100 * throttled / periods))" -ge 50
echo max >"$group/cpu.max"

# ---------------------------------------------------------------------------
step group-in-a-group
# The outer limit holds for all of them together, whatever the inner one says.
echo '+memory' >"$group/cgroup.subtree_control"
mkdir "$group/inner"
echo 8M >"$group/memory.max"
echo 1G >"$group/inner/memory.max"
fact outer_memory_max "$(cat "$group/memory.max")"
fact inner_memory_max "$(cat "$group/inner/memory.max")"
(
  echo 0 >"$group/inner/cgroup.procs"
  exec bash "$work/grow.sh"
) >"$work/out" 2>"$work/error" &
await "$!"
code=$?
fact inner_exit "$code"
check outer-limit-kills "$code" -eq 137
# A group that hands controllers down to others may not have processes of its own.
(echo 0 >"$group/cgroup.procs") 2>"$work/error"
fact join_exit "$?"
sed 's/.*: //' "$work/error" | raw
check no-process-beside-groups "$(grep -c 'Device or resource busy' "$work/error")" -eq 1

# ---------------------------------------------------------------------------
step nothing-left-behind
remove_groups
check no-group-is-left "$([ -d "$group" ] && echo there || echo gone)" = gone
finish
