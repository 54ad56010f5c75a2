#!/usr/bin/env bash
# @lab nice
# @user any
# @needs linux bash>=4.1 taskset renice nice
# @cost memory=10MB processes=4 files=0 time=5s
# @cleanup automatic
#
# Two loops that never rest share one core. Who gets how much of it, and who may change that?
# Shares are read from the CPU time of each, so other programs on the machine do not disturb them.
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

begin nice
# nice_of PID: its nice value, a field of /proc/PID/stat, see proc(5).
nice_of() { awk '{ print $19 }' "/proc/$1/stat"; }

base=$(nice_of "$$")
core=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)

# Why the loops cannot be compared here; empty when they can.
no_race=''
[ "$base" -eq 0 ] || no_race='this shell does not have the nice value 0'
has renice || no_race='renice not found'
has taskset || no_race='taskset not found'

first=''
second=''
# start_loop: starts a loop on that one core, and sets loop to its PID. It ends by itself after 30
# seconds of CPU time.
start_loop() {
  (
    ulimit -t 30
    exec taskset -c "$core" bash -c 'while :; do :; done'
  ) &
  loop=$!
  wait_for "^Cpus_allowed_list:[^0-9]*$core\$" "/proc/$loop/status"
}

# cpu_times PID...: the CPU time of each, in hundredths of a second; fields of the same file.
cpu_times() {
  local pid
  for pid in "$@"; do awk '{ print $14 + $15 }' "/proc/$pid/stat"; done | tr '\n' ' '
}

# race NAME: lets both loops run until they had one second of CPU time together, for 15 seconds at
# most, and says how they shared it.
race() {
  local one_before two_before one two end=$((SECONDS + 15))
  read -r one_before two_before <<<"$(cpu_times "$first" "$second")"
  while :; do
    sleep 0.1
    read -r one two <<<"$(cpu_times "$first" "$second")"
    one=$((one - one_before))
    two=$((two - two_before))
    [ "$((one + two))" -lt 100 ] && [ "$SECONDS" -lt "$end" ] || break
  done
  if [ "$((one + two))" -lt 30 ]; then
    no_race='the loops got too little of this core'
    return
  fi
  fact "${1}_first" "$one"
  fact "${1}_second" "$two"
  share=$((100 * two / (one + two)))
  fact "${1}_second_percent" "$share"
}

# ---------------------------------------------------------------------------
step nice-values
fact nice_here "$base"
# The row "scheduling priority" of ulimit -a: 0 means that nobody without the privilege may go up.
fact nice_limit "$(ulimit -e)"
capped() { echo "$(($1 > 19 ? 19 : $1))"; }
if has nice; then
  fact nice_program yes
  fact nice_5 "$(nice -n 5 nice)"
  fact nice_5_then_3 "$(nice -n 5 nice -n 3 nice)"
  check going-down-is-allowed "$(nice -n 5 nice)" -eq "$(capped "$((base + 5))")"
  check values-are-inherited-and-add-up "$(nice -n 5 nice -n 3 nice)" -eq "$(capped "$((base + 8))")"
else
  fact nice_program no
  skip 'nice not found' going-down-is-allowed values-are-inherited-and-add-up
fi

# ---------------------------------------------------------------------------
step two-equal-loops
if [ -z "$no_race" ]; then
  fact core "$core"
  start_loop
  first=$loop
  start_loop
  second=$loop
  race equal
fi
fact equal_race "$([ -z "$no_race" ] && echo run || echo skip)"
if [ -n "$no_race" ]; then
  skip "$no_race" equals-share-alike
else
  check equals-share-alike "$((share >= 30 && share <= 70))" -eq 1
fi

# ---------------------------------------------------------------------------
step one-is-nice
if [ -z "$no_race" ]; then
  renice 10 -p "$second" >/dev/null
  fact first_nice "$(nice_of "$first")"
  fact second_nice "$(nice_of "$second")"
  race uneven
fi
fact uneven_race "$([ -z "$no_race" ] && echo run || echo skip)"
if [ -n "$no_race" ]; then
  skip "$no_race" the-nice-one-steps-back it-is-not-starved
else
  check the-nice-one-steps-back "$share" -le 25
  check it-is-not-starved "$share" -ge 1
fi

# ---------------------------------------------------------------------------
step up-again
if [ -n "$no_race" ]; then
  fact going_up unknown
  skip "$no_race" going-up-is-refused
else
  renice 0 -p "$second" >/dev/null 2>"$work/error"
  sed 's/.*: //' "$work/error" | raw
  fact second_nice_after "$(nice_of "$second")"
  if [ "$(nice_of "$second")" -eq 0 ]; then
    fact going_up allowed
    skip 'this user may go up again (CAP_SYS_NICE, or a higher ulimit -e)' going-up-is-refused
  else
    fact going_up refused
    check going-up-is-refused "$(nice_of "$second")" -eq 10
  fi
fi

# ---------------------------------------------------------------------------
step both-are-nice
if [ -z "$no_race" ]; then
  renice 15 -p "$first" >/dev/null
  renice 15 -p "$second" >/dev/null
  race both
fi
fact both_race "$([ -z "$no_race" ] && echo run || echo skip)"
if [ -n "$no_race" ]; then
  skip "$no_race" only-the-difference-counts
else
  check only-the-difference-counts "$((share >= 30 && share <= 70))" -eq 1
fi

# ---------------------------------------------------------------------------
step nothing-left-behind
{
  [ -z "$first" ] || kill "$first" "$second"
  wait
} 2>/dev/null
fact loops_left "$(jobs -pr | grep -c .)"
check loops-have-ended "$(jobs -pr | grep -c .)" -eq 0
check shell-is-as-nice-as-before "$(nice_of "$$")" -eq "$base"
finish
