#!/usr/bin/env bash
# @lab enfile
# @user any
# @needs linux bash>=4.1
# @optional perl|python3 node>=18
# @cost memory=60MB processes=4 files=400 time=2s
# @cleanup automatic
#
# Two limits of open files: that of one process (EMFILE) and that of the whole machine (ENFILE).
# The machine's is only read here. To reach it would stop every program on the machine, so nobody
# should try that, and this script opens 400 files at most.
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

begin enfile
soft=$(ulimit -Sn)
hard=$(ulimit -Hn)

# Some steps need a few hundred descriptors.
hard_room=yes
[ "$hard" = unlimited ] || [ "$hard" -ge 256 ] || hard_room=no
fact hard_room "$hard_room"
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"

# ---------------------------------------------------------------------------
step machine-table
# Three numbers: open files of the whole machine, always 0, and the most that there may be.
read -r allocated unused max </proc/sys/fs/file-nr
echo "| $allocated $unused $max"
fact allocated "$allocated"
fact file_max "$max"
# 19 digits: systemd sets the largest number that there is.
fact file_max_is "$([ "${#max}" -ge 19 ] && echo practically-none || echo finite)"
check second-number-is-always-0 "$unused" -eq 0
check third-number-is-file-max "$max" = "$(cat /proc/sys/fs/file-max)"
check machine-has-room "$allocated" -lt "$max"

# ---------------------------------------------------------------------------
step share-of-one-process
fact nofile_soft "$soft"
fact nofile_hard "$hard"
fact nr_open "$(cat /proc/sys/fs/nr_open)"
# A process may raise itself to its hard limit, so that is what it can take.
if [ "$hard" != unlimited ] && [ "$hard" -lt "$max" ]; then
  fact one_process_can_fill no
  share=$(awk -v part="$hard" -v all="$max" 'BEGIN { printf "%.2f", 100 * part / all }')
  fact largest_share_percent "$share"
  fact processes_to_fill "$((max / hard))"
  check one-process-cannot-fill-the-table "$((max / hard))" -ge 1
else
  fact one_process_can_fill yes
  skip 'the limit of one process is not below that of the machine' one-process-cannot-fill-the-table
fi

# The next two steps measure up to five times: other programs open and close files, too, and the
# kernel adds up the counters of its CPUs only roughly.
files=400
[ "$hard" = unlimited ] || [ "$hard" -ge 456 ] || files=$((hard - 56))
enough=$((files / 4))

# hold HOW: opens 400 times, and says by how much the machine's number rose, and fell again.
hold() {
  local before during after descriptor first held=()
  ulimit -Sn "$hard"
  exec {first}</dev/null
  read -r before _ </proc/sys/fs/file-nr
  while [ "${#held[@]}" -lt "$files" ]; do
    if [ "$1" = new ]; then
      exec {descriptor}</dev/null # another open file
    else
      exec {descriptor}<&"$first" # another number for the one that is open
    fi
    held+=("$descriptor")
  done
  echo "${1}_descriptors=${#held[@]}"
  read -r during _ </proc/sys/fs/file-nr
  for descriptor in "${held[@]}"; do exec {descriptor}<&-; done
  read -r after _ </proc/sys/fs/file-nr
  echo "${1}_rise=$((during - before))"
  echo "${1}_fall=$((during - after))"
}

# ---------------------------------------------------------------------------
step new-files
if [ "$hard_room" = no ]; then
  skip 'the hard limit is below 256' machine-counts-new-files machine-counts-closing
else
  for _ in 1 2 3 4 5; do
    (hold new) >"$work/out"
    [ "$(value new_rise)" -lt "$enough" ] || [ "$(value new_fall)" -lt "$enough" ] || break
  done
  cat "$work/out"
  check machine-counts-new-files "$(value new_rise)" -ge "$enough"
  check machine-counts-closing "$(value new_fall)" -ge "$enough"
fi

# ---------------------------------------------------------------------------
step duplicates
if [ "$hard_room" = no ]; then
  skip 'the hard limit is below 256' machine-does-not-count-duplicates
else
  for _ in 1 2 3 4 5; do
    (hold duplicate) >"$work/out"
    [ "$(value duplicate_rise)" -ge "$enough" ] || break
  done
  cat "$work/out"
  check machine-does-not-count-duplicates "$(value duplicate_rise)" -lt "$enough"
fi

# ---------------------------------------------------------------------------
step two-errors
if has perl; then
  texts_from=perl
  perl -e 'for (24, 23) { $! = $_; print "errno_$_=$!\n" }' >"$work/out"
elif has python3; then
  texts_from=python3
  python3 -c 'import os; [print("errno_%d=%s" % (n, os.strerror(n))) for n in (24, 23)]' >"$work/out"
else
  texts_from=none
fi
fact texts_from "$texts_from"
if [ "$texts_from" = none ]; then
  skip 'perl and python3 not found' in-system-makes-the-difference
else
  cat "$work/out"
  if [ "$(value errno_24)" = 'No file descriptors available' ]; then
    fact words other
    skip 'this C library (musl) has other words for 24' in-system-makes-the-difference
  else
    fact words usual
    check in-system-makes-the-difference "$(value errno_23)" = "$(value errno_24) in system"
  fi
fi

cat >"$work/errors.js" <<'JS'
for (const [number, [name, text]] of require('node:util').getSystemErrorMap()) {
  if (name === 'EMFILE' || name === 'ENFILE') console.log(`node_${-number}=${name}: ${text}`);
}
JS
if [ -n "$no_node" ]; then
  skip "$no_node" node-has-words-of-its-own
else
  timeout 20 node "$work/errors.js" >"$work/out" 2>&1 &
  await "$!"
  sort -r "$work/out"
  check node-has-words-of-its-own "$(value node_23)" = 'ENFILE: file table overflow'
fi

# ---------------------------------------------------------------------------
step read-the-log
# whose_limit LINE: the order matters, since one text is the beginning of the other.
whose_limit() {
  case $1 in
    *ENFILE* | *'oo many open files in system'* | *'file table overflow'*) echo machine ;;
    *EMFILE* | *'oo many open files'* | *'No file descriptors available'*) echo process ;;
    *) echo unknown ;;
  esac
}
# The first two are the lecture's.
while read -r line; do
  echo "| $(whose_limit "$line") < $line"
done >"$work/read" <<'LOG'
open /proc/self/attr/apparmor/exec: too many open files in system: unknown
NGINX unhealthy apps: sudo: unable to open /etc/sudoers: Too many open files in system
Error: ENFILE: file table overflow, open '/srv/photo.jpg'
Error: EMFILE: too many open files, open '/srv/photo.jpg'
bash: /dev/null: Too many open files
LOG
cat "$work/read"
check both-lines-of-the-lecture-mean-the-machine "$(head -n 2 "$work/read" | grep -c '^| machine')" -eq 2

# ---------------------------------------------------------------------------
step who-is-exempt
# CAP_SYS_ADMIN (bit 21) passes the machine's limit. In a user namespace of its own it does not count.
capabilities=$(sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/self/status)
exempt=no
[ "$(((16#$capabilities >> 21) & 1))" -eq 0 ] || in_userns || exempt=yes
fact exempt_from_file_max "$exempt"
# Nobody passes the own limit.
(
  ulimit -n 32
  opened=0
  # 100 is only a brake: the limit stops this earlier.
  while [ "$opened" -lt 100 ]; do
    { exec {descriptor}</dev/null; } 2>>"$work/error" || break
    opened=$((opened + 1))
  done
  echo "opened=$opened"
) >"$work/out"
cat "$work/out"
tail -n 1 "$work/error" | sed 's/.*: //' | raw
check own-limit-stops-everyone "$(value opened)" -lt 32
check error-is-of-the-process "$(whose_limit "$(tail -n 1 "$work/error")")" = process

# ---------------------------------------------------------------------------
step nothing-left-behind
fact nofile_soft_after "$(ulimit -Sn)"
fact nofile_hard_after "$(ulimit -Hn)"
check limits-are-as-before "$(ulimit -Sn):$(ulimit -Hn)" = "$soft:$hard"
finish
