#!/usr/bin/env bash
# @lab other-limits
# @user any
# @needs linux bash>=4.1
# @optional node>=18 unshare
# @cost memory=60MB processes=6 files=20 time=5s
# @cleanup automatic
#
# Runs into the limits that are not about open files: the size of a file, CPU time, the stack, a full
# disk, a disk without inodes, and space that is held by a file without a name.
# Every limit is set inside ( ... ), and the disk that is filled holds 1 MiB and is nobody else's.
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

begin other-limits
table_before=$(cat /proc/self/limits)
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"

# ended NAME PID: waits for a program, and says how it ended. Above 128 it was a signal: 128 + number.
ended() {
  await "$2"
  rc=$?
  fact "${1}_exit" "$rc"
  [ "$rc" -le 128 ] || fact "${1}_signal" "$(kill -l "$rc")"
}

# complaint: what the last program said first, without its name and the name of the file.
complaint() { head -n 1 "$work/error" | sed 's/.*: //' | raw; }

# The shell would report every death that follows on its standard error, at moments of its own.
exec 3>&2 2>"$work/deaths"

# ---------------------------------------------------------------------------
step file-size
# A signal that the parent ignores stays ignored in its children. Number 25 is bit 24.
ignored=$(sed -n 's/^SigIgn:[^0-9a-f]*//p' /proc/self/status)
xfsz_ignored=no
[ "$(((16#$ignored >> 24) & 1))" -eq 0 ] || xfsz_ignored=yes
fact xfsz_ignored "$xfsz_ignored"
(
  ulimit -c 0 # no core file
  ulimit -f 8 # blocks of 1024 bytes
  exec dd if=/dev/zero of="$work/big" bs=1024 count=64
) 2>"$work/error" &
ended file_size "$!"
fact file_size_bytes "$(stat -c %s "$work/big")"
if [ "$xfsz_ignored" = yes ]; then
  skip 'this shell was started with SIGXFSZ ignored' signal-ends-the-program
else
  check signal-ends-the-program "$rc" -eq 153
fi
check file-has-exactly-the-limit "$(stat -c %s "$work/big")" -eq 8192
# A program that ignores the signal gets an error instead: EFBIG.
(
  trap '' XFSZ
  ulimit -f 8
  exec dd if=/dev/zero of="$work/big" bs=1024 count=64
) 2>"$work/error" &
ended ignoring "$!"
complaint
check without-the-signal-it-is-an-error "$(grep -c 'File too large' "$work/error")" -eq 1

# ---------------------------------------------------------------------------
step cpu-time
# Three at once: each may use one second of CPU time.
(
  ulimit -t 1 # soft and hard
  exec bash -c 'while :; do :; done'
) &
both=$!
(
  ulimit -c 0
  ulimit -St 1
  ulimit -Ht 3
  exec bash -c 'while :; do :; done'
) &
soft_only=$!
(
  ulimit -t 1
  exec sleep 2
) &
sleeper=$!
ended both "$both"
check hard-limit-kills "$rc" -eq 137
ended soft "$soft_only"
check soft-limit-warns-first "$rc" -eq 152
ended sleep "$sleeper"
check waiting-is-no-cpu-time "$rc" -eq 0

# ---------------------------------------------------------------------------
step stack
(
  ulimit -c 0
  ulimit -s 1024
  exec bash -c 'deeper() { deeper; }; deeper'
) 2>"$work/error" &
ended bash_stack "$!"
check endless-recursion-is-139 "$rc" -eq 139

cat >"$work/deeper.js" <<'JS'
let depth = 0;
function deeper() {
  depth += 1;
  deeper();
}
try {
  deeper();
} catch (error) {
  console.log(`node_error=${error.name}`);
  console.log(`node_depth=${depth}`);
}
JS
if [ -n "$no_node" ]; then
  skip "$no_node" node-stops-itself-first below-its-own-limit-the-kernel-is-first
else
  timeout 20 node "$work/deeper.js" >"$work/out" 2>&1 &
  ended node_default "$!"
  cat "$work/out"
  check node-stops-itself-first "$(value node_error)" = RangeError
  # Node's own limit is about 1 MiB. With less from the kernel, Node does not get that far.
  (
    ulimit -c 0
    ulimit -s 512
    exec timeout 20 node "$work/deeper.js"
  ) >"$work/out" 2>&1 &
  ended node_small "$!"
  check below-its-own-limit-the-kernel-is-first "$rc" -eq 139
fi

# From here on nothing dies.
exec 2>&3 3>&-

# ---------------------------------------------------------------------------
step disk-full
# /dev/full is a disk that is always full.
(echo text >/dev/full) 2>"$work/error"
rc=$?
complaint
check full-disk-refuses-to-write "$rc" -ne 0

# on_small_disk PROGRAM: runs it where "." is a disk of 1 MiB with 16 inodes, in memory. The namespaces
# that unshare makes let any user mount one, and nobody else sees it. It is gone with the program.
mkdir "$work/disk"
on_small_disk() {
  unshare -Urm bash -c 'mount -t tmpfs -o size=1m,nr_inodes=16 none "$1" && cd "$1" && . "$2"' \
    bash "$work/disk" "$work/$1" >"$work/out" 2>"$work/error"
}
small_disk=no
echo 'echo small_disk=yes' >"$work/probe"
if ! has unshare; then
  no_disk='unshare not found'
elif on_small_disk probe; then
  small_disk=yes
else
  no_disk='a small disk of its own is refused here'
  head -n 1 "$work/error" | raw
fi
fact small_disk "$small_disk"

cat >"$work/fill" <<'PROGRAM'
dd if=/dev/zero of=big bs=1000 count=2000
echo "fill_exit=$?"
echo "filled_bytes=$(stat -c %s big)"
PROGRAM
if [ "$small_disk" = no ]; then
  skip "$no_disk" disk-takes-what-it-has
else
  on_small_disk fill
  cat "$work/out"
  complaint
  check disk-takes-what-it-has "$(value filled_bytes)" -eq 1048576
fi

# ---------------------------------------------------------------------------
step out-of-inodes
cat >"$work/empty-files" <<'PROGRAM'
created=0
while [ "$created" -lt 100 ] && : >"file-$created"; do
  created=$((created + 1))
done
echo "files_created=$created"
echo "inodes_free=$(stat -f -c %d .)"
echo "blocks_used=$(($(stat -f -c %b .) - $(stat -f -c %f .)))"
df -Pk . | awk '{ printf "| %12s %6s %10s %9s\n", $2, $3, $4, $5 }'
PROGRAM
if [ "$small_disk" = no ]; then
  skip "$no_disk" no-inode-no-file not-a-byte-is-used the-words-are-the-same
else
  on_small_disk empty-files
  cat "$work/out"
  complaint
  check no-inode-no-file "$(value inodes_free)" -eq 0
  check not-a-byte-is-used "$(value blocks_used)" -eq 0
  check the-words-are-the-same "$(grep -c 'No space left on device' "$work/error")" -eq 1
fi

# ---------------------------------------------------------------------------
step deleted-but-open
(
  exec 7>"$work/log"
  head -c 500000 /dev/zero >&7
  rm "$work/log"
  link=$(readlink /proc/self/fd/7)
  echo "link_ends_with=${link##* }"
  echo "bytes_still_there=$(stat -L -c %s /proc/self/fd/7)"
) >"$work/out"
cat "$work/out"
check file-lives-on-without-a-name "$(value bytes_still_there)" -eq 500000

cat >"$work/hold" <<'PROGRAM'
used() { df -Pk . | awk 'NR == 2 { print $3 }'; }
exec 7>log
head -c 500000 /dev/zero >&7
echo "df_kb=$(used)"
rm log
echo "df_kb_after_rm=$(used)"
echo "du_kb_after_rm=$(du -sk . | awk '{ print $1 }')"
exec 7>&-
echo "df_kb_after_close=$(used)"
PROGRAM
if [ "$small_disk" = no ]; then
  skip "$no_disk" rm-frees-nothing closing-frees-it
else
  on_small_disk hold
  cat "$work/out"
  check rm-frees-nothing "$(value df_kb_after_rm)" -eq "$(value df_kb)"
  check closing-frees-it "$(value df_kb_after_close)" -eq 0
fi

# ---------------------------------------------------------------------------
step nothing-left-behind
check limits-are-as-before "$(cat /proc/self/limits)" = "$table_before"
finish
