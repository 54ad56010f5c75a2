#!/usr/bin/env bash
# @lab shutdown
# @user any
# @needs linux bash>=4.1
# @optional node>=18 timeout unshare
# @cost memory=150MB processes=8 files=10 time=8s
# @cleanup automatic
#
# Ends workers and servers with SIGTERM, SIGINT and SIGKILL, and sees who finishes the work in hand.
# Then the same as process 1 of a small namespace, which is what a container is.
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

begin shutdown
# Its last digit stands for the signals 1 to 4; the 2 in it is SIGINT. Children inherit what is ignored.
ignored=$(awk '/^SigIgn:/ { print $2 }' "/proc/$$/status")
case $ignored in
  *[2367abef]) interrupt=ignored ;;
  *) interrupt=heard ;;
esac
fact interrupt "$interrupt"

# Is a PID namespace allowed here? Many containers and some distributions say no: better tried than guessed.
no_namespace=''
if ! has unshare || ! has timeout; then
  fact pid_namespace missing
  no_namespace='unshare or timeout not found'
elif timeout 10 unshare -Urpf --mount-proc true >"$work/error" 2>&1; then
  fact pid_namespace allowed
else
  fact pid_namespace refused
  tail -n 1 "$work/error" | raw
  no_namespace='a PID namespace is not allowed here'
fi

# start COMMAND...: in the background. With setsid it leads a group of its own, so that all of it can be ended.
# Its output goes to the file log. Sets job.
start() {
  : >"$work/log"
  if has setsid; then set -- setsid "$@"; fi
  "$@" >>"$work/log" 2>&1 &
  job=$!
}

# ended: waits for the job, and kills whatever it left in its group. Returns the exit code of the job.
ended() {
  local code
  await "$job"
  code=$?
  kill -9 -- "-$job" 2>/dev/null
  return "$code"
}
# hit SIGNAL PID: sends it and waits for the job, before bash can report "Killed".
hit() {
  {
    kill "-$1" "$2"
    ended
  } 2>/dev/null
}

lines() { grep -c -- "$1" "$work/log"; }
said_farewell() { grep -q farewell "$work/log" && echo yes || echo no; }

# ---------------------------------------------------------------------------
step exit-codes
# Three shells, each of which sends a signal to itself.
for signal in TERM KILL INT; do
  { bash -c "kill -$signal \$\$"; } 2>/dev/null
  echo "${signal}_exit=$?"
done >"$work/out"
cat "$work/out"
check terminated-is-128-plus-15 "$(value TERM_exit)" = 143
check killed-is-128-plus-9 "$(value KILL_exit)" = 137
if [ "$interrupt" = ignored ]; then
  skip 'SIGINT is ignored here, as in a program that a script put into the background' interrupted-is-128-plus-2
else
  check interrupted-is-128-plus-2 "$(value INT_exit)" = 130
fi

# ---------------------------------------------------------------------------
step worker
# One job after the other, for ten seconds at most.
cat >"$work/worker.sh" <<'SH'
mode=$1
stopping=no
case $mode in
  polite) trap 'stopping=yes' TERM ;; # bash runs this when the sleep is over, not in the middle of it
  deaf) trap '' TERM ;;
esac
for job in {1..20}; do
  [ "$stopping" = no ] || break
  echo "started $job"
  sleep 0.5
  echo "finished $job"
done
echo farewell
SH
for mode in plain polite; do
  start bash "$work/worker.sh" "$mode"
  wait_for started "$work/log"
  hit TERM "$job"
  echo "${mode}_exit=$?"
  echo "${mode}_cut_off=$(($(lines started) - $(lines finished)))"
  echo "${mode}_farewell=$(said_farewell)"
done >"$work/out"
cat "$work/out"
check plain-worker-ends-at-once "$(value plain_exit)" = 143
check its-job-is-cut-off "$(value plain_cut_off)" -eq 1
check polite-worker-ends-with-0 "$(value polite_exit)" = 0
check its-job-is-finished "$(value polite_cut_off) $(value polite_farewell)" = '0 yes'

# ---------------------------------------------------------------------------
step grace-period
# stop_within SECONDS: what "docker stop" and Kubernetes do. Grace for the willing, SIGKILL for the rest.
stop_within() {
  local tenth
  kill -TERM "$job"
  for ((tenth = 0; tenth < $1 * 10; tenth++)); do
    kill -0 "$job" 2>/dev/null || break # it has ended
    sleep 0.1
  done
  hit KILL "$job"
}
start bash "$work/worker.sh" polite
wait_for started "$work/log"
stop_within 10
code=$?
fact polite_exit_in_time "$code"
fact polite_farewell_in_time "$(said_farewell)"
check polite-worker-uses-its-time "$code $(said_farewell)" = '0 yes'

start bash "$work/worker.sh" deaf
wait_for started "$work/log"
stop_within 1
code=$?
fact deaf_exit "$code"
fact deaf_farewell "$(said_farewell)"
check deaf-worker-is-killed "$code $(said_farewell)" = '137 no'

# ---------------------------------------------------------------------------
cat >"$work/server.js" <<'JS'
const http = require('node:http');
const [mode, milliseconds] = process.argv.slice(2);
const server = http.createServer((request, response) => {
  console.log('request');
  setTimeout(() => response.end('done'), Number(milliseconds));
});
if (mode === 'drains') {
  process.on('SIGTERM', () => {
    server.close(() => console.log('farewell')); // when the last answer is out
    console.log('closed'); // from now on nobody new comes in
  });
}
if (mode === 'deaf') process.on('SIGTERM', () => console.log('heard'));
server.listen(0, '127.0.0.1', () => {
  console.log(`pid=${process.pid}`);
  console.log(`port=${server.address().port}`);
});
JS
cat >"$work/client.js" <<'JS'
const http = require('node:http');
const request = http.get({ host: '127.0.0.1', port: process.argv[2], agent: false }, (response) => {
  response.resume().on('end', () => console.log(response.statusCode));
});
request.on('error', (error) => console.log(error.code));
JS
# serve MODE MILLISECONDS: starts a server and a client, and returns as soon as the request is in.
serve() {
  start timeout 30 node "$work/server.js" "$1" "$2"
  wait_for port= "$work/log"
  server=$(sed -n 's/^pid=//p' "$work/log")
  port=$(sed -n 's/^port=//p' "$work/log")
  timeout 20 node "$work/client.js" "$port" >"$work/client" 2>&1 &
  client=$!
  wait_for request "$work/log"
}
# client_saw: a status code, or the name of an error.
client_saw() {
  await "$client"
  seen=$(cat "$work/client")
}

# ---------------------------------------------------------------------------
step server-without-handler
if [ -n "$no_node" ]; then
  skip "$no_node" server-ends-with-143 its-client-is-cut-off
else
  serve plain 30000
  hit TERM "$server"
  code=$?
  client_saw
  fact plain_server_exit "$code"
  fact plain_client "$seen"
  check server-ends-with-143 "$code" = 143
  check its-client-is-cut-off "$seen" = ECONNRESET
fi

# ---------------------------------------------------------------------------
step server-that-drains
if [ -n "$no_node" ]; then
  skip "$no_node" nobody-new-comes-in client-gets-its-answer server-ends-with-0
else
  serve drains 700
  kill -TERM "$server"
  wait_for closed "$work/log"
  late=$(timeout 20 node "$work/client.js" "$port" 2>&1)
  ended
  code=$?
  client_saw
  fact late_client "$late"
  fact draining_client "$seen"
  fact draining_server_exit "$code"
  fact draining_server_farewell "$(said_farewell)"
  check nobody-new-comes-in "$late" = ECONNREFUSED
  check client-gets-its-answer "$seen" = 200
  check server-ends-with-0 "$code" = 0
fi

# ---------------------------------------------------------------------------
step server-that-is-killed
if [ -n "$no_node" ]; then
  skip "$no_node" no-handler-runs deaf-server-is-killed ctrl-c-is-130
else
  # The same server that drains. SIGKILL never reaches it: the kernel just takes it away.
  serve drains 30000
  hit KILL "$server"
  code=$?
  client_saw
  fact killed_server_exit "$code"
  fact killed_client "$seen"
  fact killed_server_farewell "$(said_farewell)"
  check no-handler-runs "$code $seen $(said_farewell)" = '137 ECONNRESET no'

  # One that hears SIGTERM and does nothing about it.
  serve deaf 100
  kill -TERM "$server"
  wait_for heard "$work/log"
  client_saw
  hit KILL "$server"
  code=$?
  fact deaf_client "$seen"
  fact deaf_server_exit "$code"
  check deaf-server-is-killed "$code" = 137

  serve plain 30000
  hit INT "$server"
  code=$?
  client_saw
  fact interrupted_server_exit "$code"
  check ctrl-c-is-130 "$code" = 130
fi

# ---------------------------------------------------------------------------
cat >"$work/ticker.sh" <<'SH'
[ "$1" != polite ] || trap 'echo farewell; exit 0' TERM
echo ready
for _ in {1..150}; do
  sleep 0.1
  echo tick
done
SH
cat >"$work/ticker.js" <<'JS'
let ticks = 0;
setInterval(() => (ticks++ < 150 ? console.log('tick') : process.exit()), 100);
if (process.argv[2] === 'polite') {
  process.on('SIGTERM', () => {
    console.log('farewell');
    process.exit(0);
  });
}
console.log('ready');
JS
# start_as_1 COMMAND...: it becomes process 1 of a new namespace. Sets init to the number that it has out here.
start_as_1() {
  start timeout 30 unshare -Urpf --mount-proc "$@"
  wait_for ready "$work/log"
  init=$(
    cat /proc/[0-9]*/status 2>/dev/null |
      awk -v group="$job" '/^NSpid:/ { outside = $2; inside = $NF; levels = NF }
        /^NSpgid:/ && $2 == group && levels > 2 && inside == 1 { print outside }'
  )
}
# goes_on: running, when it still ticks three more times; ended, when it does not.
goes_on() {
  local before tries
  before=$(lines tick)
  for tries in {1..100}; do
    [ "$(lines tick)" -lt "$((before + 3))" ] || break
    sleep 0.1
  done
  [ "$tries" -lt 100 ] && echo running || echo ended
}

# ---------------------------------------------------------------------------
step process-1
start bash "$work/ticker.sh" plain
wait_for ready "$work/log"
hit TERM "$job"
code=$?
fact ordinary_exit "$code"
check ordinary-process-ends "$code" = 143
if [ -n "$no_namespace" ]; then
  skip "$no_namespace" process-1-goes-on process-1-can-be-killed
else
  start_as_1 bash "$work/ticker.sh" plain
  kill -TERM "$init"
  after=$(goes_on)
  fact process_1_after_term "$after"
  check process-1-goes-on "$after" = running
  hit KILL "$init"
  after=$([ -e "/proc/$init" ] && echo there || echo gone)
  fact process_1_after_kill "$after"
  check process-1-can-be-killed "$after" = gone
fi

# ---------------------------------------------------------------------------
step shell-in-front
if [ -n "$no_namespace" ]; then
  skip "$no_namespace" shell-does-not-forward exec-makes-way
else
  start_as_1 sh -c "bash '$work/ticker.sh' polite; echo the worker has ended"
  kill -TERM "$init"
  after=$(goes_on)
  fact behind_a_shell "$after"
  fact behind_a_shell_farewell "$(said_farewell)"
  check shell-does-not-forward "$after $(said_farewell)" = 'running no'
  hit KILL "$init"

  start_as_1 sh -c "exec bash '$work/ticker.sh' polite"
  hit TERM "$init"
  code=$?
  fact after_exec_exit "$code"
  fact after_exec_farewell "$(said_farewell)"
  check exec-makes-way "$code $(said_farewell)" = '0 yes'
fi

# ---------------------------------------------------------------------------
step node-as-process-1
no_node_1=${no_node:-$no_namespace}
if [ -n "$no_node_1" ]; then
  fact node_1_step skip
  skip "$no_node_1" node-without-handler-goes-on node-with-handler-ends
else
  fact node_1_step run
  start_as_1 "$(command -v node)" "$work/ticker.js" plain
  kill -TERM "$init"
  after=$(goes_on)
  fact node_1_after_term "$after"
  check node-without-handler-goes-on "$after" = running
  hit KILL "$init"

  start_as_1 "$(command -v node)" "$work/ticker.js" polite
  hit TERM "$init"
  code=$?
  fact node_1_with_handler_exit "$code"
  check node-with-handler-ends "$code $(said_farewell)" = '0 yes'
fi
finish
