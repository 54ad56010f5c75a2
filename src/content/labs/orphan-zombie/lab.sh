#!/usr/bin/env bash
# @lab orphan-zombie
# @user any
# @needs linux bash>=4.1
# @optional node>=18 script nohup setsid
# @cost memory=60MB processes=8 files=10 time=5s
# @cleanup automatic
#
# Makes three zombies and tries to kill them, lets their parent end, lets another parent collect its child,
# makes orphans, and closes a terminal on three programs.
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

begin orphan-zombie
fact pid_max "$(cat /proc/sys/kernel/pid_max)"
# Its last digit stands for the signals 1 to 4, and is odd when signal 1, SIGHUP, is ignored. Children inherit that.
ignored=$(awk '/^SigIgn:/ { print $2 }' "/proc/$$/status")
case $ignored in
  *[13579bdf]) hangup=ignored ;;
  *) hangup=heard ;;
esac
fact hangup "$hangup"

# An orphan is no job of this script. So each of them reads from this pipe, where nothing ever comes,
# and ends when the lab, which alone holds the other end as number 7, ends for whatever reason.
mkfifo "$work/leash"
exec 7<>"$work/leash"

# state PID: R, S, T (stopped), Z (zombie), or nothing when there is no such process.
state() { awk '/^State:/ { print $2 }' "/proc/$1/status" 2>/dev/null; }
parent_of() { awk '/^PPid:/ { print $2 }' "/proc/$1/status" 2>/dev/null; }
name_of() { cat "/proc/$1/comm" 2>/dev/null; }
alive() { case $(state "$1") in '' | Z | X) echo no ;; *) echo yes ;; esac }

# end PID: kills a background program and collects it, before bash can report "Killed".
end() {
  { kill -9 "$1" && wait "$1"; } 2>/dev/null
}

# zombies_of PID: how many of its children are zombies.
zombies_of() {
  cat /proc/[0-9]*/status 2>/dev/null |
    awk -v parent="$1" '/^State:/ { state = $2 }
      /^PPid:/ && $2 == parent && state == "Z" { zombies++ }
      END { print zombies + 0 }'
}

# until_is WANTED COMMAND...: waits until the command says so, five seconds at most.
until_is() {
  local wanted=$1 tries=0
  shift
  until [ "$("$@")" = "$wanted" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 50 ] || return 1
    sleep 0.1
  done
}

# ---------------------------------------------------------------------------
step three-zombies
# bash would collect its children. But it turns into sleep here, and sleep never asks how its children ended.
bash -c '
  for _ in 1 2 3; do cat "$1" & echo "$!"; done
  exec sleep 60
' parent "$work/leash" >"$work/children" 7>&- &
parent=$!
wait_for '^sleep$' "/proc/$parent/comm"
mapfile -t children <"$work/children"
kill -9 "${children[@]}"
until_is 3 zombies_of "$parent"
fact zombies "$(zombies_of "$parent")"
awk '/^(Name|State):/ { sub(/\t/, " "); print }' "/proc/${children[0]}/status" | raw
check three-are-in-state-z "$(zombies_of "$parent")" -eq 3

# ---------------------------------------------------------------------------
step kill-minus-9
sleep 60 &
living=$!
kill -9 "${children[@]}"
kill_exit=$?
fact kill_exit "$kill_exit"
end "$living"
fact living_is_gone "$([ -e "/proc/$living" ] && echo no || echo yes)"
fact zombies_after_kill_9 "$(zombies_of "$parent")"
check kill-9-reports-no-error "$kill_exit" -eq 0
check kill-9-does-nothing "$(zombies_of "$parent")" -eq 3

# ---------------------------------------------------------------------------
step what-is-left-of-it
zombie=${children[0]}
fact parent_memory_lines "$(grep -c '^Vm' "/proc/$parent/status")"
fact zombie_memory_lines "$(grep -c '^Vm' "/proc/$zombie/status")"
fact zombie_command_bytes "$(wc -c <"/proc/$zombie/cmdline")"
fact number_taken "$(kill -0 "$zombie" && echo yes || echo no)"
check no-memory-is-left "$(grep -c '^Vm' "/proc/$zombie/status")" -eq 0
check its-number-is-taken "$(kill -0 "$zombie" && echo yes)" = yes

# ---------------------------------------------------------------------------
step parent-ends
end "$parent"
until_is '' state "$zombie"
if [ -z "$(state "$zombie")" ]; then
  fact collected_by_adopter yes
  check zombies-are-gone "$(state "${children[0]}")$(state "${children[1]}")$(state "${children[2]}")" = ''
else
  fact collected_by_adopter no
  adopter=$(parent_of "$zombie")
  fact adopter "$(name_of "$adopter")"
  skip 'the process that adopted them does not collect' zombies-are-gone
fi

# ---------------------------------------------------------------------------
step parent-waits
bash -c '
  cat "$1" & echo "child=$!"
  wait "$!"; echo "collected=$?"
' parent "$work/leash" >"$work/out" 2>/dev/null 7>&- &
parent=$!
wait_for child= "$work/out"
child=$(value child)
# A stopped parent cannot wait for its child, like one that hangs.
kill -STOP "$parent"
until_is T state "$parent"
kill "$child"
until_is Z state "$child"
fact while_parent_is_stopped "$(state "$child")"
check zombie-until-the-parent-waits "$(state "$child")" = Z
kill -CONT "$parent"
await "$parent"
fact collected "$(value collected)"
fact after_wait "$(state "$child")"
check exit-code-was-kept-for-the-parent "$(value collected)" = 143
check collected-and-gone "$(state "$child")" = ''

# ---------------------------------------------------------------------------
step orphan
bash -c 'cat "$1" & echo "child=$!"; echo "parent=$$"' parent "$work/leash" >"$work/out" 7>&-
child=$(value child)
adopter=$(parent_of "$child")
fact orphan_alive "$(alive "$child")"
fact parent_alive "$(alive "$(value parent)")"
fact adopted_by_pid "$adopter"
fact adopted_by "$(name_of "$adopter")"
check orphan-lives-on "$(alive "$child")" = yes
check parent-is-gone "$(alive "$(value parent)")" = no
check has-a-new-parent "$adopter" -ne "$(value parent)"
kill "$child"

# ---------------------------------------------------------------------------
step node-children
cat >"$work/parent.js" <<'JS'
const { spawn } = require('node:child_process');
const [mode, leash] = process.argv.slice(2);
const child = spawn('cat', [leash], { detached: mode === 'detached', stdio: 'ignore' });
child.unref(); // without this, the parent would stay until the child ends
console.log(`child=${child.pid}`);
JS
# node_child MODE: a Node program that starts a child and leaves it. Sets child, and session: same or own.
node_child() {
  local mine its
  timeout 20 node "$work/parent.js" "$1" "$work/leash" >"$work/out" 2>&1 7>&- &
  await "$!"
  fact "$1_parent_exit" "$?"
  child=$(value child)
  read -r _ _ _ _ _ mine _ <"/proc/$$/stat"
  read -r _ _ _ _ _ its _ <"/proc/$child/stat"
  case $its in
    "$mine") session=same ;;
    "$child") session=own ;;
    *) session=other ;;
  esac
  fact "$1_child_alive" "$(alive "$child")"
  fact "$1_child_session" "$session"
}
if [ -n "$no_node" ]; then
  skip "$no_node" node-child-outlives-its-parent it-stays-in-the-session detached-child-has-its-own-session
else
  node_child plain
  check node-child-outlives-its-parent "$(alive "$child")" = yes
  check it-stays-in-the-session "$session" = same
  kill "$child"
  node_child detached
  check detached-child-has-its-own-session "$session" = own
  kill "$child"
fi

# ---------------------------------------------------------------------------
step terminal-closes
cat >"$work/terminal.sh" <<'SH'
cat leash &
echo "plain=$!" >pids
nohup cat leash >/dev/null 2>&1 &
echo "nohup=$!" >>pids
setsid cat leash &
echo "setsid=$!" >>pids
wait
SH
pid_of() { sed -n "s/^$1=//p" "$work/pids"; }
no_terminal=''
if ! has script || ! has nohup || ! has setsid; then
  terminal=missing
  no_terminal='script, nohup or setsid not found'
elif [ "$hangup" = ignored ]; then
  terminal=unused
  no_terminal='SIGHUP is ignored here, as under nohup'
else
  # script makes a terminal and runs the program in it. It is the terminal's window, so to speak.
  (
    cd "$work" || exit
    SHELL=/bin/sh exec script -q -c 'bash terminal.sh' /dev/null
  ) <"$work/leash" >"$work/out" 2>&1 7>&- &
  window=$!
  if wait_for setsid= "$work/pids"; then
    terminal=opened
  else
    terminal=refused
    tail -n 1 "$work/out" | raw
    no_terminal='no terminal can be made here'
  fi
fi
fact terminal "$terminal"
if [ -n "$no_terminal" ]; then
  skip "$no_terminal" plain-one-ends nohup-stays setsid-stays
else
  for kind in plain nohup setsid; do until_is cat name_of "$(pid_of "$kind")"; done
  end "$window" # the window is closed
  until_is no alive "$(pid_of plain)"
  for kind in plain nohup setsid; do fact "${kind}_alive" "$(alive "$(pid_of "$kind")")"; done
  check plain-one-ends "$(alive "$(pid_of plain)")" = no
  check nohup-stays "$(alive "$(pid_of nohup)")" = yes
  check setsid-stays "$(alive "$(pid_of setsid)")" = yes
fi
finish
