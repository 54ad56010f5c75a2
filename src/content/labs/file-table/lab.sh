#!/usr/bin/env bash
# @lab file-table
# @user root of the throw-away machine in the browser, and of no other
# @needs linux bash>=4.1 setpriv dmesg
# @cost memory=10MB processes=4 files=200 time=3s
# @cleanup automatic
#
# Lowers fs.file-max until the table of open files of the whole machine is full, watches who is refused and who is not,
# and puts it back.
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

begin file-table
was=$(cat /proc/sys/fs/file-max)
put_back() {
  [ "$BASHPID" = "$$" ] || return 0 # as in clean_up
  echo "$was" >/proc/sys/fs/file-max
}
trap 'clean_up; put_back' EXIT
# as_student COMMAND...: as a normal user, without any capability.
as_student() { setpriv --reuid 1000 --regid 1000 --clear-groups "$@"; }
# The words of an error, without the place in the script.
words() { sed 's/.*: //' | raw; }

# open-many.sh COUNT: opens /dev/null so often, and holds all of it.
cat >"$work/open-many.sh" <<'SH'
echo "own_limit=$(ulimit -n)" # now: later there is no pipe to be had
opened=0
while [ "$opened" -lt "$1" ]; do
  exec {descriptor}</dev/null || break
  opened=$((opened + 1))
done
echo "opened=$opened"
SH
chmod 755 "$work"

# ---------------------------------------------------------------------------
step before
read -r allocated _ max </proc/sys/fs/file-nr
fact allocated "$allocated"
fact file_max "$max"
as_student bash "$work/open-many.sh" 200 >"$work/out" 2>"$work/error"
cat "$work/out"
check room-for-200 "$(value opened)" -eq 200

# ---------------------------------------------------------------------------
step lowered
room=60
read -r allocated _ _ </proc/sys/fs/file-nr
echo "$((allocated + room))" >/proc/sys/fs/file-max
fact room "$room"
as_student bash "$work/open-many.sh" 200 >"$work/out" 2>"$work/error"
cat "$work/out"
words <"$work/error"
check machine-refuses "$(value opened)" -lt 200
check own-limit-was-not-near "$(value own_limit)" -gt 200
check words-say-in-system "$(grep -c 'Too many open files in system$' "$work/error")" -eq 1

# ---------------------------------------------------------------------------
step programs-cannot-start
# Now the table is full for everybody: a program needs its own file open, and its libraries.
read -r allocated _ _ </proc/sys/fs/file-nr
echo "$((allocated / 2))" >/proc/sys/fs/file-max
as_student ls "$work" >"$work/out" 2>"$work/error"
fact ls_exit "$?"
words <"$work/error"
check no-program-starts "$(grep -c 'Too many open files in system$' "$work/error")" -ge 1

# ---------------------------------------------------------------------------
step root-sees-nothing
# CAP_SYS_ADMIN passes the limit: whoever logs in as root finds a healthy machine.
bash "$work/open-many.sh" 200 >"$work/out" 2>"$work/error"
cat "$work/out"
check root-is-exempt "$(value opened)" -eq 200
read -r allocated _ max </proc/sys/fs/file-nr
fact allocated_of_max "$allocated of $max"
check more-than-there-may-be "$allocated" -gt "$max"

# ---------------------------------------------------------------------------
step in-the-log
dmesg | grep -F file-max | tail -n 1 | sed 's/.*VFS/VFS/' | raw
check kernel-wrote-it-down "$(dmesg | grep -c 'VFS: file-max limit [0-9]* reached')" -ge 1

# ---------------------------------------------------------------------------
step put-back
put_back
fact file_max_after "$(cat /proc/sys/fs/file-max)"
as_student bash "$work/open-many.sh" 200 >"$work/out" 2>"$work/error"
cat "$work/out"
check room-again "$(value opened)" -eq 200
check limit-is-as-before "$(cat /proc/sys/fs/file-max)" = "$was"
finish
