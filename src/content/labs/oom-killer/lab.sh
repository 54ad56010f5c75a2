#!/usr/bin/env bash
# @lab oom-killer
# @user root of the throw-away machine in the browser, and of no other
# @needs linux bash>=4.1 dmesg awk
# @cost memory=95MB processes=4 files=4 time=15s
# @cleanup automatic
#
# Takes the memory of a whole machine until the kernel ends a process, and reads in its log which one and why.
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

begin oom-killer
# What the kernel has written since this lab began: lines that were there before do not count.
lines_before=$(dmesg | wc -l)
log() { dmesg | tail -n "+$((lines_before + 1))"; }
memory() { awk -v key="$1:" '$1 == key { print int($2 / 1024) }' /proc/meminfo; }

# grow.sh PIECES FILE [FIFO]: keeps so many strings of a megabyte and says in a file how many. With a FIFO it stays, and holds them.
cat >"$work/grow.sh" <<'SH'
piece=0123456789abcdef
while [ "${#piece}" -lt 1000000 ]; do piece=$piece$piece; done
held=()
for ((i = 1; i <= $1; i++)); do
  held+=("$piece")
  echo "$i" >"$2"
done
[ -z "${3:-}" ] || read -r -t 200 <>"$3"
SH

# ---------------------------------------------------------------------------
step the-machine
total=$(memory MemTotal)
fact memory_total_mb "$total"
fact memory_available_mb "$(memory MemAvailable)"
fact swap_total_mb "$(memory SwapTotal)"
fact cgroup_memory_max "$(cat "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/memory.max" 2>/dev/null || echo none)"
fact overcommit_memory "$(cat /proc/sys/vm/overcommit_memory)"

# ---------------------------------------------------------------------------
step scores
# The larger the score, the sooner it is ended. It is about how much memory a process has; oom_score_adj is added.
sleep 60 &
sleeper=$!
fact sleep_score "$(cat "/proc/$sleeper/oom_score")"
fact this_shell_score "$(cat "/proc/$$/oom_score")"
echo 1000 >"/proc/$sleeper/oom_score_adj"
fact sleep_score_with_1000 "$(cat "/proc/$sleeper/oom_score")"
check adj-is-added "$(cat "/proc/$sleeper/oom_score")" -gt "$(cat "/proc/$$/oom_score")"
kill "$sleeper"
await "$sleeper"

# ---------------------------------------------------------------------------
step memory-runs-out
echo 0 >"$work/held"
bash "$work/grow.sh" "$((total * 10))" "$work/held" 2>"$work/error" &
await "$!"
code=$?
fact grow_exit "$code"
fact held_mb "$(cat "$work/held")"
check killed-by-signal-9 "$code" -eq 137
check it-was-told-nothing "$(wc -c <"$work/error")" -eq 0
check it-had-most-of-the-memory "$(cat "$work/held")" -gt "$((total / 4))"

# ---------------------------------------------------------------------------
step in-the-log
log >"$work/log"
grep -F 'invoked oom-killer' "$work/log" | head -n 1 | sed 's/^\[[^]]*\] //; s/=0x[^,]*,/=...,/' | raw
grep -F 'Out of memory: Killed process' "$work/log" | head -n 1 | sed 's/^\[[^]]*\] //' | raw
victim=$(sed -n 's/.*Out of memory: Killed process [0-9]* (\([^)]*\)).*/\1/p' "$work/log" | head -n 1)
fact victim "$victim"
fact constraint "$(sed -n 's/.*oom-kill:constraint=\([A-Z_]*\).*/\1/p' "$work/log" | head -n 1)"
check log-names-the-victim "$victim" = bash
check it-was-the-whole-machine "$(grep -c 'oom-kill:constraint=CONSTRAINT_NONE' "$work/log")" -ge 1
check one-process-was-ended "$(grep -c 'Out of memory: Killed process' "$work/log")" -eq 1
awk '/^oom_kill / { print "oom_kills_since_boot=" $2 }' /proc/vmstat

# ---------------------------------------------------------------------------
step protected
# -1000: never this one. The kernel then takes the next, which may be innocent.
# It needs some memory: ending one that has none would free none, and the kernel would go on to the next, and the next.
mkfifo "$work/fifo"
bash "$work/grow.sh" 20 "$work/held" "$work/fifo" &
innocent=$!
echo 1000 >"/proc/$innocent/oom_score_adj"
wait_for '^20$' "$work/held"
(
  echo -1000 >"/proc/$BASHPID/oom_score_adj"
  # It goes on until somebody else has been ended, and stops then.
  piece=0123456789abcdef
  while [ "${#piece}" -lt 1000000 ]; do piece=$piece$piece; done
  held=()
  for ((i = 1; i <= total * 10; i++)); do
    held+=("$piece")
    # Z: it has been ended, and its parent has not asked yet.
    read -r state <"/proc/$innocent/stat" && [[ $state != *') Z '* ]] || break
  done
  echo "protected_held_mb=$i"
) >"$work/out" 2>"$work/error" &
await "$!"
fact protected_exit "$?"
await "$innocent"
code=$?
cat "$work/out"
fact innocent_exit "$code"
check protected-one-lives "$(grep -c protected_held_mb "$work/out")" -eq 1
check innocent-one-was-ended "$code" -eq 137

# ---------------------------------------------------------------------------
step memory-comes-back
fact memory_available_mb_after "$(memory MemAvailable)"
check memory-is-free-again "$(memory MemAvailable)" -gt "$((total / 2))"
finish
