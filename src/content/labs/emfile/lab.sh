#!/usr/bin/env bash
# @lab emfile
# @user any
# @needs linux bash>=4.1
# @optional node>=18 prlimit
# @cost memory=120MB processes=6 files=256 time=5s
# @cleanup automatic
#
# Lowers the limit of open files, runs into it, and finds out who may raise it again.
# Every limit is set inside ( ... ): a subshell that ends and takes its limit with it.
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

begin emfile
soft=$(ulimit -Sn)
hard=$(ulimit -Hn)

# ---------------------------------------------------------------------------
step limits-now
fact nofile_soft "$soft"
fact nofile_hard "$hard"
fact pid1_nofile "$(awk '/^Max open files/ { print $4 ":" $5 }' /proc/1/limits 2>/dev/null)"
grep -E '^(Limit|Max open files)' /proc/self/limits | raw
check proc-agrees-with-ulimit "$(awk '/^Max open files/ { print $4 }' /proc/self/limits)" = "$soft"

# Some steps set a hard limit of 256, which only works from above.
hard_room=yes
[ "$hard" = unlimited ] || [ "$hard" -ge 256 ] || hard_room=no
[ "$hard_room" = yes ] || no_node=${no_node:-the hard limit is below 256}
fact hard_room "$hard_room"
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"

# ---------------------------------------------------------------------------
step bash-open-until-fail
(
  ulimit -n 32
  opened=0
  # 100 is only a brake: the limit stops this earlier.
  while [ "$opened" -lt 100 ]; do
    { exec {descriptor}</dev/null; } 2>>"$work/error" || break
    opened=$((opened + 1))
  done
  echo "opened=$opened"
  echo "last_descriptor=${descriptor:-none}"
) >"$work/out"
cat "$work/out"
tail -n 1 "$work/error" | sed 's/.*: //' | raw
check stops-below-the-limit "$(value opened)" -lt 32
check some-were-opened "$(value opened)" -ge 5
# The second text is that of musl (Alpine).
check message-is-emfile "$(grep -Ec 'Too many open files|No file descriptors available' "$work/error")" -ge 1
check message-is-not-enfile "$(grep -c 'in system' "$work/error")" -eq 0

# ---------------------------------------------------------------------------
step inherit
(
  ulimit -Sn 24
  bash -c 'echo "child_soft=$(ulimit -Sn)"'
) >"$work/out"
cat "$work/out"
check child-inherits "$(value child_soft)" = 24
check parent-is-unchanged "$(ulimit -Sn)" = "$soft"

# ---------------------------------------------------------------------------
step lower-and-raise
(
  ulimit -Sn 24
  ulimit -Sn "$(ulimit -Hn)"
  echo "soft_back_at=$(ulimit -Sn)"
) >"$work/out"
cat "$work/out"
check soft-returns-to-hard "$(value soft_back_at)" = "$hard"

(
  ulimit -n 32
  ulimit -Sn 33
) 2>"$work/error"
rc=$?
sed 's/.*ulimit: //' "$work/error" | raw
check soft-above-hard-is-refused "$rc" -ne 0

(
  ulimit -n 32
  ulimit -Hn 40
) 2>"$work/error"
rc=$?
sed 's/.*ulimit: //' "$work/error" | raw
if [ "$rc" -eq 0 ]; then
  fact hard_raise allowed
  skip 'this user may raise hard limits (CAP_SYS_RESOURCE)' raising-hard-is-refused
else
  fact hard_raise refused
  check raising-hard-is-refused "$rc" -ne 0
fi

# ---------------------------------------------------------------------------
step running-process
if has prlimit; then
  fact prlimit yes
  sleep 30 &
  sleeper=$!
  prlimit --pid "$sleeper" --nofile=24:32
  awk '/^Max open files/ { print "running_nofile=" $4 ":" $5 }' "/proc/$sleeper/limits" >"$work/out"
  kill "$sleeper"
  cat "$work/out"
  check prlimit-reaches-a-running-process "$(value running_nofile)" = 24:32
else
  fact prlimit no
  skip 'prlimit not found' prlimit-reaches-a-running-process
fi

# ---------------------------------------------------------------------------
step node-open-until-fail
cat >"$work/open.js" <<'JS'
const fs = require('node:fs');
const name = process.argv[2]; // what the facts are called
const open = [];
let error = {};
try {
  while (open.length < 5000) open.push(fs.openSync('/dev/null', 'r'));
} catch (caught) {
  error = caught;
}
const last = Math.max(...open);
for (const descriptor of open) fs.closeSync(descriptor); // reading the limits takes one, too
const [, soft, hard] = /Max open files +(\S+) +(\S+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'));
console.log(`${name}_error=${error.code ?? 'none'}`);
console.log(`${name}_errno=${error.errno ?? 0}`);
console.log(`${name}_syscall=${error.syscall ?? 'none'}`);
console.log(`${name}_opened=${open.length}`);
console.log(`${name}_last_descriptor=${last}`);
console.log(`${name}_soft=${soft}`);
console.log(`${name}_hard=${hard}`);
JS
if [ -n "$no_node" ]; then
  skip "$no_node" node-gets-emfile node-last-descriptor-is-limit-minus-1
else
  (
    ulimit -n 96
    exec timeout 20 node "$work/open.js" node
  ) >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  check node-gets-emfile "$(value node_error) $(value node_syscall)" = 'EMFILE open'
  check node-last-descriptor-is-limit-minus-1 "$(value node_last_descriptor)" -eq 95
fi

# ---------------------------------------------------------------------------
step node-raises-its-soft-limit
if [ -n "$no_node" ]; then
  skip "$no_node" node-soft-became-hard node-passes-the-old-soft-limit
else
  (
    ulimit -n 256
    ulimit -Sn 96
    echo "shell_soft=$(ulimit -Sn)"
    exec timeout 20 node "$work/open.js" raised
  ) >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  check node-soft-became-hard "$(value raised_soft)" = 256
  check node-passes-the-old-soft-limit "$(value raised_opened)" -gt 96
fi

# ---------------------------------------------------------------------------
step sockets-are-descriptors
cat >"$work/server.js" <<'JS'
const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
server.listen(0, '127.0.0.1', () => console.log(`port=${server.address().port}`));
JS
cat >"$work/client.js" <<'JS'
const net = require('node:net');
const port = Number(process.argv[2]);
let connected = 0;
function connectOneMore() {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => {
    connected += 1;
    if (connected < 300) connectOneMore();
    else report({});
  });
  socket.on('error', report);
}
function report(error) {
  console.log(`socket_error=${error.code ?? 'none'}`);
  console.log(`socket_syscall=${error.syscall ?? 'none'}`);
  console.log(`socket_connected=${connected}`);
  process.exit();
}
connectOneMore();
JS
if [ -n "$no_node" ]; then
  skip "$no_node" connect-gets-emfile
else
  # Another process, so that only the client is short of descriptors.
  timeout 30 node "$work/server.js" >"$work/port" &
  wait_for port= "$work/port"
  (
    ulimit -n 96
    exec timeout 20 node "$work/client.js" "$(sed 's/port=//' "$work/port")"
  ) >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  check connect-gets-emfile "$(value socket_error) $(value socket_syscall)" = 'EMFILE connect'
fi

# ---------------------------------------------------------------------------
step nothing-left-behind
fact nofile_soft_after "$(ulimit -Sn)"
fact nofile_hard_after "$(ulimit -Hn)"
check limits-are-as-before "$(ulimit -Sn):$(ulimit -Hn)" = "$soft:$hard"
finish
