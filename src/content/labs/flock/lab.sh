#!/usr/bin/env bash
# @lab flock
# @user any
# @needs linux bash>=4.1
# @optional flock
# @cost memory=20MB processes=10 files=10 time=4s
# @cleanup automatic
#
# Four processes add 1 to the same number, first without a lock and then with one.
# Then: what a lock does not stop, and who lets go of it when its holder dies.
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

begin flock

# A file system may refuse locks, as some network shares do: better tried than guessed.
no_lock=''
if ! has flock; then
  fact lock missing
  no_lock='flock not found'
elif flock -n "$work/try" true 2>"$work/error"; then
  fact lock works
else
  fact lock refused
  tail -n 1 "$work/error" | sed 's/.*: //' | raw
  no_lock='this file system gives no locks'
fi

# Reads the number, thinks for a moment, writes it back. In that moment others read the same number.
# 1<> writes over the old digits; > would empty the file first, and a reader might find nothing.
add_1() {
  read -r number <"$work/number"
  sleep 0.001
  echo "$((number + 1))" 1<>"$work/number"
}

without_lock() {
  for _ in {1..50}; do add_1; done
}

# The lock hangs on the open file number 9. At ")" the subshell ends, closes it, and the lock is free.
with_lock() {
  for _ in {1..50}; do
    (
      flock 9
      add_1
    ) 9>>"$work/lock"
  done
}

# four FUNCTION: four processes at once. Sets counted to the last number, complaints to how many failed.
four() {
  local pid pids=''
  echo 0 >"$work/number"
  complaints=0
  for _ in 1 2 3 4; do
    "$1" 2>>"$work/error" &
    pids="$pids $!"
  done
  for pid in $pids; do
    await "$pid" || complaints=$((complaints + 1))
  done
  read -r counted <"$work/number"
}

# end PID: kills a background program and collects it, before bash can report "Killed".
end() {
  { kill -9 "$1" && wait "$1"; } 2>/dev/null
}

# ask: somebody else wants the lock now, and does not wait for it.
ask() {
  if flock -n "$work/lock" true; then echo granted; else echo refused; fi
}

# ---------------------------------------------------------------------------
step without-lock
# Once is enough nearly always. Should the four have taken turns by chance, they try again.
for attempt in 1 2 3; do
  four without_lock
  [ "$counted" -eq 200 ] || break
done
fact attempts "$attempt"
fact counted "$counted"
fact lost "$((200 - counted))"
fact complaints "$complaints"
if [ "$counted" -eq 200 ]; then
  fact race lucky
  skip 'nothing was lost in three attempts' updates-are-lost
else
  fact race lost
  check updates-are-lost "$counted" -lt 200
fi
check nobody-complains "$complaints" -eq 0

# ---------------------------------------------------------------------------
step with-lock
if [ -n "$no_lock" ]; then
  skip "$no_lock" nothing-is-lost
else
  four with_lock
  fact counted_with_lock "$counted"
  check nothing-is-lost "$counted" -eq 200
fi

# ---------------------------------------------------------------------------
step while-it-is-held
if [ -n "$no_lock" ]; then
  skip "$no_lock" second-one-is-refused writer-that-does-not-ask-is-not-stopped
else
  (
    flock 9
    echo holding
    exec sleep 30
  ) 9>>"$work/lock" >"$work/out" &
  holder=$!
  wait_for holding "$work/out"
  answer=$(ask)
  fact while_held "$answer"
  check second-one-is-refused "$answer" = refused
  # The same file, written straight away, without asking for the lock.
  echo 7 >>"$work/lock"
  fact written_while_held "$(cat "$work/lock")"
  check writer-that-does-not-ask-is-not-stopped "$(cat "$work/lock")" = 7
fi

# ---------------------------------------------------------------------------
step holder-dies
if [ -n "$no_lock" ]; then
  skip "$no_lock" lock-is-free-again the-file-is-not-the-lock
else
  end "$holder"
  answer=$(ask)
  fact after_kill_9 "$answer"
  check lock-is-free-again "$answer" = granted
  fact lock_file "$([ -e "$work/lock" ] && echo 'still there' || echo gone)"
  check the-file-is-not-the-lock "$([ -e "$work/lock" ] && echo yes)" = yes
fi

# ---------------------------------------------------------------------------
step child-keeps-it
if [ -n "$no_lock" ]; then
  skip "$no_lock" child-holds-it-on free-when-the-child-ends not-with-the-file-closed
else
  exec 9>>"$work/lock"
  flock 9
  sleep 30 & # inherits the open file 9, and so the lock
  child=$!
  wait_for sleep "/proc/$child/comm"
  exec 9>&- # the lab itself has let go
  answer=$(ask)
  fact while_the_child_runs "$answer"
  check child-holds-it-on "$answer" = refused
  end "$child"
  answer=$(ask)
  fact after_the_child "$answer"
  check free-when-the-child-ends "$answer" = granted

  exec 9>>"$work/lock"
  flock 9
  sleep 30 9>&- & # starts without it
  child=$!
  wait_for sleep "/proc/$child/comm"
  exec 9>&-
  answer=$(ask)
  fact child_without_it "$answer"
  check not-with-the-file-closed "$answer" = granted
  end "$child"
fi
finish
