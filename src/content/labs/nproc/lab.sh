#!/usr/bin/env bash
# @lab nproc
# @user non-root (root is exempt from this limit: the lab shows that, too)
# @needs linux bash>=4.1 perl|python3|busybox
# @optional node>=18
# @cost memory=150MB processes=60 files=0 time=5s
# @cleanup automatic
#
# Lowers the limit of processes (ulimit -u) until fork is refused, and counts what the kernel counts.
# bash itself never forks under the limit: it would try again for 15 seconds.
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

begin nproc

# Sets used to the number of threads of this user that /proc shows: the kernel counts threads, not processes.
# Only builtins, since every program that helps to count would be counted.
count_threads() {
  local me=$UID file key id rest owner
  used=0
  for file in /proc/[0-9]*/status; do
    owner=''
    while read -r key id rest; do
      case $key in
        Uid:) owner=$id ;;
        Threads:) [ "$owner" != "$me" ] || used=$((used + id)) ;;
      esac
    done 2>/dev/null <"$file"
  done
}

# The limit of processes that this control group has; "max" means none.
cgroup_pids_max() {
  local group
  group=$(sed -n 's/^[0-9]*:pids:\(.*\)/\/sys\/fs\/cgroup\/pids\1/p; s/^0::\(.*\)/\/sys\/fs\/cgroup\1/p' /proc/self/cgroup)
  for group in $group /sys/fs/cgroup /sys/fs/cgroup/pids; do
    [ -r "$group/pids.max" ] && cat "$group/pids.max" && return
  done
}

# ---------------------------------------------------------------------------
step ceilings
soft=$(ulimit -Su)
fact nproc_soft "$soft"
fact nproc_hard "$(ulimit -Hu)"
fact pid_max "$(cat /proc/sys/kernel/pid_max)"
fact threads_max "$(cat /proc/sys/kernel/threads-max)"
fact cgroup_pids_max "$(cgroup_pids_max)"
grep -E '^(Limit|Max processes)' /proc/self/limits | raw
check proc-agrees-with-ulimit "$(awk '/^Max processes/ { print $3 }' /proc/self/limits)" = "$soft"

# The same in three languages, since not every machine has each: starts children that only sleep, and says how far it came.
cat >"$work/fork.pl" <<'PERL'
setpgrp;   # one group, so that the lab can end all of it
alarm 20;  # and an end by itself
my ($name, $wanted) = @ARGV;
my ($error, $text, @children) = (0, "none");
while (@children < $wanted) {
  my $pid = fork;
  if (!defined $pid) { ($error, $text) = ($! + 0, "$!"); last }
  if ($pid == 0) { sleep 20; exit }
  push @children, $pid;
}
kill 9, @children;
print "${name}_started=", scalar(@children), "\n${name}_errno=$error\n";
print "| $text\n" if $error;
PERL
cat >"$work/fork.py" <<'PYTHON'
import os, signal, sys, time
os.setpgrp()      # one group, so that the lab can end all of it
signal.alarm(20)  # and an end by itself
name, wanted, children, error = sys.argv[1], int(sys.argv[2]), [], 0
while len(children) < wanted:
    try:
        pid = os.fork()
    except OSError as refused:
        error = refused.errno
        break
    if pid == 0:
        time.sleep(20)
        os._exit(0)
    children.append(pid)
for pid in children:
    os.kill(pid, signal.SIGKILL)
print("%s_started=%d\n%s_errno=%d" % (name, len(children), name, error))
if error:
    print("| " + os.strerror(error))
PYTHON
# The shell of BusyBox ends where fork is refused (bash would try again), and says why, but gives no number.
cat >"$work/fork.ash" <<'ASH'
name=$1 wanted=$2 said=$3 started=0 children=''
exec 2>"$said"
report() {
  [ -z "$children" ] || kill -9 $children
  text=none
  read -r text <"$said"
  text=${text##*: }
  errno=0
  [ "$text" = none ] || errno=unknown
  [ "$text" != 'Resource temporarily unavailable' ] || errno=11
  echo "${name}_started=$started"
  echo "${name}_errno=$errno"
  [ "$errno" = 0 ] || echo "| $text"
}
trap report EXIT
while [ "$started" -lt "$wanted" ]; do
  sleep 20 &
  children="$children $!"
  started=$((started + 1))
done
exit
ASH
if has perl; then
  fork_with=perl
  fork_program=(perl "$work/fork.pl")
elif has python3; then
  fork_with=python3
  fork_program=(python3 "$work/fork.py")
elif has busybox; then
  fork_with=busybox
  fork_program=(busybox setsid busybox ash "$work/fork.ash") # setsid: one group, as in the others
else
  fork_with=none
fi
fact fork_with "$fork_with"

# try_fork NAME LIMIT CHILDREN
try_fork() {
  (
    ulimit -u "$2"
    exec "${fork_program[@]}" "$1" "$3" "$work/said"
  ) >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
}

# ---------------------------------------------------------------------------
step limit-1
exempt=unknown
if [ "$fork_with" = none ]; then
  fact exempt "$exempt"
  skip 'perl, python3 and busybox not found' fork-is-refused
else
  try_fork one 1 5
  # Root of the machine is exempt, and whoever has CAP_SYS_RESOURCE. Better seen than guessed from the uid.
  exempt=no
  [ "$(value one_errno)" != 0 ] || exempt=yes
  fact exempt "$exempt"
  if [ "$exempt" = yes ]; then
    skip 'this user is exempt from the limit (root, or CAP_SYS_RESOURCE)' fork-is-refused
  else
    check fork-is-refused "$(value one_started) $(value one_errno)" = '0 11' # 11 is EAGAIN
  fi
fi

# ---------------------------------------------------------------------------
step limit-used-plus-8
# The smallest of three counts: a program that is just ending would be counted, and gone a moment later.
count_threads
smallest=$used
for _ in 1 2; do
  sleep 0.2
  count_threads
  [ "$used" -ge "$smallest" ] || smallest=$used
done
used=$smallest
fact threads_in_use "$used"
hidden=0
if [ "$fork_with" = none ]; then
  skip 'perl, python3 and busybox not found' room-for-about-8-more then-refused-again
else
  try_fork plus8 "$((used + 8))" 30
  if [ "$exempt" = yes ]; then
    skip 'this user is exempt from the limit (root, or CAP_SYS_RESOURCE)' room-for-about-8-more then-refused-again
  else
    # The program itself is one of the eight. Other programs of this user come and go, so not exactly seven.
    check room-for-about-8-more "$(value plus8_started)" -le 16
    check then-refused-again "$(value plus8_errno)" -eq 11
    # Fewer than seven: the kernel counts tasks that /proc does not show, such as the same uid in another container.
    hidden=$((7 - $(value plus8_started)))
    [ "$hidden" -ge 0 ] || hidden=0
  fi
fi

# ---------------------------------------------------------------------------
step threads-count
if [ -n "$no_node" ]; then
  skip "$no_node" one-node-is-many-tasks
else
  timeout 20 node -p '"node_threads=" + /Threads:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]' >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  check one-node-is-many-tasks "$(value node_threads)" -ge 5
fi

# ---------------------------------------------------------------------------
step node-spawn
cat >"$work/spawn.js" <<'JS'
const { spawn } = require('node:child_process');
let started = 0;
let error = 'none';
let answers = 0;
const children = [];
for (let i = 0; i < 60; i++) {
  const child = spawn('sleep', ['20'], { stdio: 'ignore' });
  child.on('spawn', () => {
    started += 1;
    children.push(child);
    answer();
  });
  child.on('error', (refused) => {
    error = `${refused.code} ${refused.syscall}`;
    answer();
  });
}
function answer() {
  answers += 1;
  if (answers < 60) return;
  for (const child of children) child.kill();
  console.log(`spawned=${started}`);
  console.log(`spawn_error=${error}`);
}
JS
# Node under a very low limit aborts or hangs without a word. It needs about ten tasks for itself.
no_spawn=$no_node
[ "$hidden" -le 6 ] || no_spawn=${no_spawn:-tasks of this user are hidden from here}
if [ -n "$no_spawn" ]; then
  fact spawn_step skip
  skip "$no_spawn" node-children-are-refused
else
  fact spawn_step "$([ "$exempt" = yes ] && echo exempt || echo refused)"
  (
    ulimit -u "$((used + hidden + 40))"
    exec timeout 20 node "$work/spawn.js"
  ) >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  if [ "$exempt" = yes ]; then
    skip 'this user is exempt from the limit (root, or CAP_SYS_RESOURCE)' node-children-are-refused
  else
    check node-children-are-refused "$(value spawn_error)" = 'EAGAIN spawn sleep'
  fi
fi

# ---------------------------------------------------------------------------
step nothing-left-behind
fact nproc_soft_after "$(ulimit -Su)"
check limit-is-as-before "$(ulimit -Su)" = "$soft"
finish
