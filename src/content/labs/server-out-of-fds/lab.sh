#!/usr/bin/env bash
# @lab server-out-of-fds
# @user any
# @needs linux bash>=4.1 node>=18
# @cost memory=150MB processes=6 files=250 time=4s
# @cleanup automatic
#
# A Node server with 64 descriptors meets 100 clients. What do the clients see? And what does the server's log say?
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

begin server-out-of-fds
hard=$(ulimit -Hn)
fact nofile_hard "$hard"
# The clients need 100 descriptors, and some for Node itself.
hard_room=yes
[ "$hard" = unlimited ] || [ "$hard" -ge 256 ] || hard_room=no
[ "$hard_room" = yes ] || no_node=${no_node:-the hard limit is below 256}
fact hard_room "$hard_room"
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"

cat >"$work/server.js" <<'JS'
const net = require('node:net');
// It greets everyone it accepts, so that a client knows whether the server ever saw it.
const server = net.createServer((socket) => {
  socket.on('error', (error) => console.log(`socket error ${error.code}`));
  socket.write('welcome\n');
});
server.on('error', (error) => console.log(`server error ${error.code}`));
server.on('drop', () => console.log('drop event'));
server.listen(0, '127.0.0.1', () => {
  console.log(`pid ${process.pid}`);
  console.log(`port ${server.address().port}`);
});
let before = 0;
setInterval(() => {
  server.getConnections((_, now) => {
    if (now !== before) console.log(`holding ${now}`);
    before = now;
  });
}, 100);
JS

cat >"$work/clients.js" <<'JS'
const net = require('node:net');
const [port, wanted] = process.argv.slice(2).map(Number);
const seen = { connected: 0, greeted: 0, closed_by_server: 0, errors: 0 };
function report() {
  // Each client has either been greeted or sent away.
  if (seen.greeted + seen.closed_by_server + seen.errors < wanted) return;
  for (const [name, number] of Object.entries(seen)) console.log(`${name}=${number}`);
  console.log('settled=yes');
}
for (let i = 0; i < wanted; i++) {
  let greeted = false;
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => {
    seen.connected += 1;
  });
  socket.once('data', () => {
    greeted = true;
    seen.greeted += 1;
    report();
  });
  socket.on('error', () => {
    seen.errors += 1;
    greeted = true;
    report();
  });
  socket.on('close', () => {
    if (greeted) return;
    seen.closed_by_server += 1;
    report();
  });
}
setTimeout(() => process.exit(), 20_000); // nobody stays for ever
JS

# ---------------------------------------------------------------------------
step start-server
if [ -n "$no_node" ]; then
  skip "$no_node" server-has-64
else
  (
    ulimit -n 64
    exec timeout 60 node "$work/server.js"
  ) >"$work/server.log" 2>&1 &
  wait_for '^port' "$work/server.log"
  server=$(sed -n 's/^pid //p' "$work/server.log")
  port=$(sed -n 's/^port //p' "$work/server.log")
  limit=$(awk '/^Max open files/ { print $4 }' "/proc/$server/limits")
  fact server_limit "$limit"
  fact server_descriptors_at_start "$(ls "/proc/$server/fd" | wc -l)"
  check server-has-64 "$limit" = 64
fi

# ---------------------------------------------------------------------------
step hundred-clients
if [ -n "$no_node" ]; then
  skip "$no_node" every-handshake-completes some-are-greeted fewer-than-the-limit the-rest-is-closed-at-once clients-see-no-error
else
  timeout 30 node "$work/clients.js" "$port" 100 >"$work/out" 2>&1 &
  clients=$!
  wait_for settled "$work/out"
  cat "$work/out"
  check every-handshake-completes "$(value connected)" -eq 100
  check some-are-greeted "$(value greeted)" -ge 20
  check fewer-than-the-limit "$(value greeted)" -lt 64
  check the-rest-is-closed-at-once "$(value closed_by_server)" -eq "$((100 - $(value greeted)))"
  check clients-see-no-error "$(value errors)" -eq 0
fi

# ---------------------------------------------------------------------------
step look-at-the-server
if [ -n "$no_node" ]; then
  skip "$no_node" descriptors-are-used-up most-of-them-are-sockets server-log-has-no-error
else
  wait_for "^holding $(value greeted)" "$work/server.log"
  descriptors=$(ls "/proc/$server/fd" | wc -l)
  sockets=0
  for descriptor in "/proc/$server/fd"/*; do
    [ -S "$descriptor" ] && sockets=$((sockets + 1))
  done
  fact server_descriptors "$descriptors"
  fact server_sockets "$sockets"
  sed 's/^\(pid\|port\) .*/\1 .../' "$work/server.log" | raw
  check descriptors-are-used-up "$descriptors" -ge 63
  check most-of-them-are-sockets "$sockets" -gt "$(value greeted)"
  check server-log-has-no-error "$(grep -Eci 'emfile|error|drop' "$work/server.log")" -eq 0
fi

# ---------------------------------------------------------------------------
step clients-leave
if [ -n "$no_node" ]; then
  skip "$no_node" server-lets-go newcomer-is-greeted
else
  kill "$clients"
  await "$clients"
  wait_for '^holding 0' "$work/server.log"
  fact server_descriptors_after "$(ls "/proc/$server/fd" | wc -l)"
  check server-lets-go "$(grep -c '^holding 0' "$work/server.log")" -eq 1
  timeout 10 node "$work/clients.js" "$port" 1 >"$work/newcomer" 2>&1 &
  wait_for settled "$work/newcomer"
  newcomer=$(sed -n 's/^greeted=//p' "$work/newcomer")
  fact newcomer_greeted "$newcomer"
  check newcomer-is-greeted "$newcomer" = 1
fi
finish
