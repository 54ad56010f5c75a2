#!/usr/bin/env bash
# @lab oom
# @user any
# @needs linux bash>=4.1 node>=18
# @optional systemd --user with cgroup v2
# @cost memory=500MB processes=4 files=0 time=15s
# @cleanup automatic
#
# Two limits of memory: the one of V8, which explains itself (exit code 134), and the one of the kernel, which does not (137).
# Every program here stops by itself at a number of megabytes.
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

begin oom

mebibytes() { awk -v bytes="$1" 'BEGIN { if (bytes ~ /^[0-9]+$/ && bytes < 1125899906842624) print int(bytes / 1048576); else print "none" }'; }

# The smallest memory limit of this control group and of those above it.
cgroup_memory_limit() {
  local group file
  group=$(sed -n 's/^[0-9]*:memory:\(.*\)/\/sys\/fs\/cgroup\/memory\1/p; s/^0::\(.*\)/\/sys\/fs\/cgroup\1/p' /proc/self/cgroup | head -n 1)
  while [ "${#group}" -ge 14 ]; do
    for file in "$group/memory.max" "$group/memory.limit_in_bytes"; do
      [ -r "$file" ] && mebibytes "$(cat "$file")"
    done
    group=${group%/*}
  done | grep -v none | sort -n | head -n 1
}

# Does this machine let a normal user start something in a control group of its own?
user_systemd() {
  has systemd-run && [ -n "${XDG_RUNTIME_DIR:-}" ] && timeout 10 systemd-run --user --scope -q true >/dev/null 2>&1
}

cat >"$work/limit.js" <<'JS'
const { heap_size_limit } = require('node:v8').getHeapStatistics();
console.log(`${process.argv[2]}=${Math.round(heap_size_limit / 2 ** 20)}`);
JS

# eat.js KIND MIB: holds more and more memory, 10 MiB at a time, until it has MIB.
cat >"$work/eat.js" <<'JS'
const [kind, stop] = process.argv.slice(2);
const mib = (bytes) => Math.round(bytes / 2 ** 20);
const kept = [];
while (kept.length * 10 < Number(stop)) {
  // 1 310 720 numbers of 8 bytes are 10 MiB of V8's heap; a Buffer has its bytes elsewhere.
  kept.push(kind === 'heap' ? Array.from({ length: 1_310_720 }, (_, i) => i + 0.5) : Buffer.alloc(10 * 2 ** 20, 1));
}
const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
console.log(`${kind}_kept_mb=${kept.length * 10}`);
console.log(`${kind}_rss_mb=${mib(rss)}`);
console.log(`${kind}_heap_used_mb=${mib(heapUsed)}`);
console.log(`${kind}_array_buffers_mb=${mib(arrayBuffers)}`);
JS

# run_node ARGUMENTS...: runs Node without core files, its output in $work/out, its exit code in rc.
run_node() {
  (
    ulimit -c 0
    exec timeout 60 node "$@"
  ) >"$work/out" 2>&1 &
  await "$!"
  rc=$?
}

# ---------------------------------------------------------------------------
step memory-here
memory_mb=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
fact memory_total_mb "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
fact memory_available_mb "$memory_mb"
limit_mb=$(cgroup_memory_limit)
fact memory_limit_mb "$limit_mb"
# 300 MiB of arrays, and what Node and the garbage collector need beside them.
[ -n "$limit_mb" ] && [ "$limit_mb" -lt "$memory_mb" ] && memory_mb=$limit_mb
if [ "$memory_mb" -ge 700 ]; then
  fact enough_memory yes
else
  fact enough_memory no
  no_node=${no_node:-less than 700 MiB of memory}
fi
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"

# ---------------------------------------------------------------------------
step heap-limit
if [ -n "$no_node" ]; then
  skip "$no_node" flag-lowers-the-limit young-generation-is-extra flag-after-the-script-is-ignored
else
  run_node "$work/limit.js" default_mb
  default_mb=$(value default_mb)
  fact default_mb "$default_mb"
  run_node --max-old-space-size=100 "$work/limit.js" flag_100_mb
  flag_mb=$(value flag_100_mb)
  fact flag_100_mb "$flag_mb"
  run_node "$work/limit.js" flag_behind_mb --max-old-space-size=100
  fact flag_behind_mb "$(value flag_behind_mb)"
  check flag-lowers-the-limit "$flag_mb" -lt "$default_mb"
  check young-generation-is-extra "$flag_mb" -gt 100
  check flag-after-the-script-is-ignored "$(value flag_behind_mb)" = "$default_mb"
fi

# ---------------------------------------------------------------------------
step heap-runs-out
if [ -n "$no_node" ]; then
  skip "$no_node" exit-code-is-134 message-names-the-heap
else
  run_node --max-old-space-size=100 "$work/eat.js" heap 600
  grep -o 'FATAL ERROR: .*' "$work/out" | head -n 1 | raw
  fact heap_runs_out_exit "$rc"
  check exit-code-is-134 "$rc" -eq 134 # 128 + 6, SIGABRT
  check message-names-the-heap "$(grep -c 'JavaScript heap out of memory' "$work/out")" -ge 1
fi

# ---------------------------------------------------------------------------
step more-room
if [ -n "$no_node" ]; then
  skip "$no_node" same-program-survives
else
  run_node --max-old-space-size=600 "$work/eat.js" heap 300
  cat "$work/out"
  fact more_room_exit "$rc"
  check same-program-survives "$rc $(value heap_kept_mb)" = '0 300'
fi

# ---------------------------------------------------------------------------
step buffers-outside-the-heap
if [ -n "$no_node" ]; then
  skip "$no_node" buffers-pass-under-the-flag heap-stays-small
else
  run_node --max-old-space-size=100 "$work/eat.js" buffer 300
  cat "$work/out"
  fact buffers_exit "$rc"
  check buffers-pass-under-the-flag "$rc $(value buffer_kept_mb)" = '0 300'
  check heap-stays-small "$(value buffer_heap_used_mb)" -le 30
fi

# ---------------------------------------------------------------------------
step node-options
cat >"$work/parent.js" <<'JS'
// What "npm run build" does: a Node that starts another Node.
const { execFileSync } = require('node:child_process');
process.stdout.write(execFileSync(process.execPath, process.argv.slice(2), { encoding: 'utf8' }));
JS
if [ -n "$no_node" ]; then
  skip "$no_node" flag-stays-with-the-parent node-options-reaches-the-child
else
  run_node --max-old-space-size=100 "$work/parent.js" "$work/limit.js" child_of_flag_mb
  cat "$work/out"
  check flag-stays-with-the-parent "$(value child_of_flag_mb)" = "$default_mb"
  NODE_OPTIONS=--max-old-space-size=100 run_node "$work/parent.js" "$work/limit.js" child_of_node_options_mb
  cat "$work/out"
  check node-options-reaches-the-child "$(value child_of_node_options_mb)" = "$flag_mb"
fi

# ---------------------------------------------------------------------------
step worker-limit
cat >"$work/worker.js" <<'JS'
const { Worker } = require('node:worker_threads');
// In small portions: V8 does not stop every loop at a worker's limit. It ends by itself at about 240 MB.
const program = `
  const kept = [];
  const timer = setInterval(() => {
    for (let i = 0; i < 200; i++) kept.push(new Array(1000).fill(i));
    if (kept.length >= 30000) clearInterval(timer);
  }, 1);`;
const worker = new Worker(program, {
  eval: true,
  resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 },
});
worker.on('error', (error) => console.log(`worker_error=${error.code}`));
worker.on('exit', (code) => {
  console.log(`worker_exit=${code}`);
  console.log('main_thread=alive');
});
JS
if [ -n "$no_node" ]; then
  skip "$no_node" main-thread-survives worker-is-stopped
else
  run_node "$work/worker.js"
  grep -E '^(worker|main)_[a-z]+=' "$work/out"
  check main-thread-survives "$rc $(value main_thread)" = '0 alive'
  if [ -n "$(value worker_error)" ]; then
    fact worker_stopped yes
    check worker-is-stopped "$(value worker_error)" = ERR_WORKER_OUT_OF_MEMORY
  else
    fact worker_stopped no
    skip 'V8 did not stop this worker: its limit is best effort' worker-is-stopped
  fi
fi

# ---------------------------------------------------------------------------
step kernel-limit
no_kernel_step=$no_node
if [ -z "$no_kernel_step" ] && ! user_systemd; then
  no_kernel_step='no systemd user session'
fi
fact kernel_step "$([ -z "$no_kernel_step" ] && echo run || echo skip)"
if [ -n "$no_kernel_step" ]; then
  skip "$no_kernel_step" exit-code-is-137 kernel-leaves-no-message
else
  (
    ulimit -c 0
    exec timeout 60 systemd-run --user --scope -q -p MemoryMax=150M -p MemorySwapMax=0 \
      node --max-old-space-size=64 "$work/eat.js" buffer 300
  ) >"$work/out" 2>&1 &
  await "$!"
  rc=$?
  fact kernel_limit_exit "$rc"
  check exit-code-is-137 "$rc" -eq 137 # 128 + 9, SIGKILL
  check kernel-leaves-no-message "$(grep -c 'FATAL ERROR' "$work/out")" -eq 0
fi
finish
