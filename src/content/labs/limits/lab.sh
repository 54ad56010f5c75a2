#!/usr/bin/env bash
# @lab limits
# @user any
# @needs linux bash>=4.1
# @optional prlimit flock
# @cost memory=10MB processes=4 files=5 time=1s
# @cleanup automatic
#
# Reads every row of "ulimit -a", finds the row of the kernel's own table that it comes from, and sorts
# out those that limit nothing. It only reads: the two limits that it sets, in a subshell, do nothing.
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

begin limits

# The two tables: that of this shell, and that of the kernel. A child such as cat inherits the limits
# of the shell, so /proc/self/limits shows the same numbers, whoever "self" is.
ulimit -a >"$work/shell"
ulimit -Ha >"$work/shell-hard"
cat /proc/self/limits >"$work/kernel"

# Flag of ulimit, bytes in its unit (1: no bytes), name for prlimit, row of the kernel.
rows() {
  cat <<'ROWS'
c 1024 CORE Max core file size
d 1024 DATA Max data size
e 1 NICE Max nice priority
f 1024 FSIZE Max file size
i 1 SIGPENDING Max pending signals
l 1024 MEMLOCK Max locked memory
m 1024 RSS Max resident set
n 1 NOFILE Max open files
q 1 MSGQUEUE Max msgqueue size
r 1 RTPRIO Max realtime priority
R 1 RTTIME Max realtime timeout
s 1024 STACK Max stack size
t 1 CPU Max cpu time
u 1 NPROC Max processes
v 1024 AS Max address space
x 1 LOCKS Max file locks
ROWS
}

# flags FILE: the flags of a table of ulimit, in its order, such as "cdefil".
flags() { sed -n 's/.*-\([A-Za-z]\)) .*/\1/p' "$1" | tr -d '\n'; }

# only_in FLAGS OTHERS: those flags that the others lack.
only_in() { echo "$1" | tr -d "$2"; }

# shell_value FLAG FILE: what a table of ulimit says in the row with "-FLAG)".
shell_value() { sed -n "s/.*-$1)  *//p" "$2"; }

# kernel_row NAME: sets soft and hard to what the kernel says in the row of this name.
kernel_row() { read -r soft hard _ <<<"$(sed -n "s/^$1  *//p" "$work/kernel")"; }

# in_unit VALUE BYTES: as ulimit prints it. It divides and drops the rest.
in_unit() {
  if [ "$1" = unlimited ]; then
    echo unlimited
  else
    echo "$(($1 / $2))"
  fi
}

# ---------------------------------------------------------------------------
step ulimit-table
raw <"$work/shell"
here=$(flags "$work/shell")
fact rows "${#here}"
open_files=$(grep -e '(-n)' "$work/shell")
before_value=${open_files%)*}
fact value_column "$((${#before_value} + 3))"
check every-row-has-a-flag "${#here}" -eq "$(grep -c . "$work/shell")"

# ---------------------------------------------------------------------------
step lecture-table
cat >"$work/lecture" <<'LECTURE'
core file size      (blocks, -c) 0
data seg size       (kbytes, -d) unlimited
scheduling priority (-e) 0
file size           (blocks, -f) unlimited
pending signals     (-i) 30689
max locked memory   (kbytes, -l) 64
max memory size     (kbytes, -m) unlimited
open files          (-n) 1000000
pipe size           (512 bytes, -p) 8
POSIX message queues (bytes, -q) 819200
real-time priority  (-r) 0
stack size          (kbytes, -s) 8192
cpu time            (seconds, -t) unlimited
max user processes  (-u) 30689
virtual memory       (kbytes, -v) unlimited
file locks          (-x) unlimited
LECTURE
raw <"$work/lecture"
there=$(flags "$work/lecture")
fact lecture_rows "${#there}"
fact only_in_the_lecture "$(only_in "$there" "$here")"
fact only_here "$(only_in "$here" "$there")"
check no-row-of-the-lecture-is-lost "$(only_in "$there" "$here")" = ''
if ulimit -R >/dev/null 2>&1; then
  check one-row-is-new "$(only_in "$here" "$there")" = R
else
  skip 'this bash is older than 5.1' one-row-is-new
fi

# ---------------------------------------------------------------------------
step kernel-table
raw <"$work/kernel"
fact kernel_rows "$(grep -c '^Max ' "$work/kernel")"
check kernel-has-16-limits "$(grep -c '^Max ' "$work/kernel")" -eq 16

# ---------------------------------------------------------------------------
step row-by-row
compared=''
different=''
while read -r flag bytes name row; do
  kernel_row "$row"
  shell_soft=$(shell_value "$flag" "$work/shell")
  [ -n "$shell_soft" ] || continue # this bash has no such row
  compared=$compared$flag
  sum=$soft
  [ "$soft" = unlimited ] || [ "$bytes" -eq 1 ] || sum="$soft / $bytes = $(in_unit "$soft" "$bytes")"
  printf '| %-22s %-26s -%s %s\n' "$row" "$sum" "$flag" "$shell_soft"
  [ "$shell_soft" = "$(in_unit "$soft" "$bytes")" ] || different=$different$flag
  [ "$(shell_value "$flag" "$work/shell-hard")" = "$(in_unit "$hard" "$bytes")" ] || different=$different$flag
done <<<"$(rows)"
fact different "$different"
fact only_in_ulimit "$(only_in "$here" "$compared")"
check both-tables-say-the-same "$different" = ''
check pipe-size-is-not-in-the-kernel "$(only_in "$here" "$compared")" = p

# ---------------------------------------------------------------------------
step prlimit-table
if has prlimit; then
  fact prlimit yes
  prlimit --noheadings --raw --output RESOURCE,SOFT,HARD | sort >"$work/prlimit"
  while read -r flag bytes name row; do
    kernel_row "$row"
    echo "$name $soft $hard"
  done <<<"$(rows)" | sort >"$work/named"
  raw <"$work/prlimit"
  check prlimit-says-the-same "$(cat "$work/prlimit")" = "$(cat "$work/named")"
else
  fact prlimit no
  skip 'prlimit not found' prlimit-says-the-same
fi

# ---------------------------------------------------------------------------
step soft-and-hard
below=0
above=0
while read -r flag bytes name row; do
  kernel_row "$row"
  [ "$soft" != "$hard" ] || continue
  printf '| %-22s soft %s, hard %s\n' "$row" "$soft" "$hard"
  if [ "$hard" = unlimited ] || { [ "$soft" != unlimited ] && [ "$soft" -lt "$hard" ]; }; then
    below=$((below + 1))
  else
    above=$((above + 1))
  fi
done <<<"$(rows)"
fact soft_below_hard "$below"
fact soft_above_hard "$above"
check plain-table-shows-soft-values "$(ulimit -a)" = "$(ulimit -Sa)"
check no-soft-value-is-above-its-hard-one "$above" -eq 0

# ---------------------------------------------------------------------------
step no-limit-at-all
# "pipe size" is how many bytes one write puts into a pipe in one piece, in units of 512.
fact pipe_size "$(ulimit -p)"
(ulimit -p 16) 2>"$work/error"
rc=$?
sed 's/.*ulimit: //' "$work/error" | raw
check pipe-size-cannot-be-set "$rc" -ne 0
# More than that goes into a pipe from which nobody reads. At a limit this would wait, until timeout ends it.
mkfifo "$work/pipe"
more=$(($(ulimit -p) * 512 + 1000))
if has timeout; then
  fact pipe_step run
  timeout 5 head -c "$more" /dev/zero 1<>"$work/pipe" &
  await "$!"
  rc=$?
  fact pipe_took "$([ "$rc" -eq 0 ] && echo "$more")"
  check pipe-takes-more-than-that "$rc" -eq 0
else
  fact pipe_step skip
  skip 'timeout not found' pipe-takes-more-than-that
fi

# ---------------------------------------------------------------------------
step ignored-by-linux
(
  ulimit -m 100
  echo "resident_limit_kb=$(ulimit -m)"
  # With builtins: for its last command this shell may become that program, and would measure it.
  while read -r key kb _; do
    [ "$key" != VmRSS: ] || echo "resident_kb=$kb"
  done <"/proc/$BASHPID/status"
) >"$work/out"
cat "$work/out"
check resident-set-is-not-limited "$(value resident_kb)" -gt "$(value resident_limit_kb)"
if has flock; then
  fact flock yes
  (
    ulimit -x 0
    echo "locks_limit=$(ulimit -x)"
    flock -n "$work/lock" echo lock=taken
  ) >"$work/out"
  cat "$work/out"
  check locks-are-not-limited "$(value locks_limit) $(value lock)" = '0 taken'
else
  fact flock no
  skip 'flock not found' locks-are-not-limited
fi

# ---------------------------------------------------------------------------
step nothing-left-behind
cat /proc/self/limits >"$work/kernel-after"
fact changed_rows "$(grep -vxc -F -f "$work/kernel" "$work/kernel-after")"
check limits-are-as-before "$(cat "$work/kernel-after")" = "$(cat "$work/kernel")"
finish
