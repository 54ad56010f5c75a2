#!/usr/bin/env bash
# @lab leak
# @user any
# @needs linux bash>=4.1
# @optional node>=18
# @cost memory=200MB processes=4 files=4 time=6s
# @cleanup automatic
#
# Programs that forget to forget: the same work with a leak and without it, measured from outside and from inside.
# Every program here stops by itself at a fixed amount.
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

begin leak

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

# rss_kb PID: what the kernel has given this process so far, as anyone can see from outside.
rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status" 2>/dev/null; }

# ---------------------------------------------------------------------------
step shell-that-remembers
# A server in miniature: it answers every line it reads. The kind "leak" also keeps every answer, "bounded" the last 100.
page=$(printf '%300s' '')
serve() {
  local -A kept=()
  local number=0 request
  while read -r request; do
    kept[$number]="$page for $request"
    [ "$1" = leak ] || unset "kept[$((number - 100))]"
    number=$((number + 1))
    [ $((number % 10000)) -ne 0 ] || echo "answered $number, kept ${#kept[@]}"
  done
}
awk 'BEGIN { for (i = 1; i <= 10000; i++) print i }' >"$work/requests"

for kind in leak bounded; do
  mkfifo "$work/$kind"
  serve "$kind" <"$work/$kind" >"$work/$kind.log" &
  server=$!
  exec 8>"$work/$kind" # open: as long as it is, the server waits for more
  cat "$work/requests" >&8
  wait_for 'answered 10000' "$work/$kind.log"
  first=$(rss_kb "$server")
  cat "$work/requests" "$work/requests" >&8
  wait_for 'answered 30000' "$work/$kind.log"
  fact "shell_${kind}_growth_kb" "$(($(rss_kb "$server") - first))"
  fact "shell_${kind}_kept" "$(sed -n 's/.*30000, kept //p' "$work/$kind.log")"
  exec 8>&-
  await "$server"
done >"$work/out"
cat "$work/out"
check shell-leak-grows "$(value shell_leak_growth_kb)" -ge 5000 # 20 000 answers of 300 bytes
check shell-bounded-stays "$(value shell_bounded_growth_kb)" -le 1000

# ---------------------------------------------------------------------------
step memory-here
memory_mb=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
limit_mb=$(cgroup_memory_limit)
fact memory_available_mb "$memory_mb"
fact memory_limit_mb "$limit_mb"
[ -n "$limit_mb" ] && [ "$limit_mb" -lt "$memory_mb" ] && memory_mb=$limit_mb
if [ "$memory_mb" -ge 250 ]; then
  fact enough_memory yes
else
  fact enough_memory no
  no_node=${no_node:-less than 250 MiB of memory}
fi
# The last step writes a file of some megabytes.
room_mb=$(df -Pk "$work" | awk 'NR == 2 { print int($4 / 1024) }')
room_mb=${room_mb:-0}
fact room_for_files_mb "$room_mb"
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"

# ---------------------------------------------------------------------------
step four-leaks
cat >"$work/leaks.js" <<'JS'
const { EventEmitter } = require('node:events');
const data = (i) => new Array(128).fill(i); // about 1 KB, for one request

// Each kind handles one request, once with the mistake and once without it.
const kinds = {
  cache() {
    const cache = new Map();
    const leak = (i) => cache.set(`session-${i}`, data(i));
    const fixed = (i) => {
      leak(i);
      if (cache.size > 100) cache.delete(cache.keys().next().value);
    };
    return { leak, fixed };
  },
  timer() {
    const start = (kept) => setInterval(() => kept.length, 60_000).unref();
    const leak = (i) => start(data(i));
    const fixed = (i) => clearInterval(start(data(i)));
    return { leak, fixed };
  },
  listener() {
    const settings = new EventEmitter(); // lives as long as the program
    const leak = (i) => {
      const kept = data(i);
      const changed = () => kept.length;
      settings.on('change', changed);
      return changed;
    };
    const fixed = (i) => settings.off('change', leak(i));
    return { leak, fixed };
  },
  context() {
    const inProgress = new Map();
    const work = (i) => {
      if (i % 2) throw new Error('every second request fails');
    };
    const leak = (i) => {
      inProgress.set(i, data(i));
      work(i);
      inProgress.delete(i); // not reached when work fails
    };
    const fixed = (i) => {
      inProgress.set(i, data(i));
      try {
        work(i);
      } finally {
        inProgress.delete(i);
      }
    };
    return { leak, fixed };
  },
};

// What stays after the garbage collector has taken all that it can.
async function floor() {
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}
function handle(request, from, to) {
  for (let i = from; i < to; i++) {
    try {
      request(i);
    } catch {} // a server answers 500 and goes on
  }
}
async function main() {
  const alive = [];
  for (const [kind, make] of Object.entries(kinds)) {
    for (const how of ['leak', 'fixed']) {
      const program = make();
      alive.push(program);
      handle(program[how], 0, 1000); // warm up first
      const before = await floor();
      handle(program[how], 1000, 11_000);
      const grown = Math.max(0, (await floor()) - before);
      console.log(`${kind}_${how}_kb=${Math.round(grown / 1024)}`);
    }
  }
  console.log(`programs=${alive.length}`);
}
process.once('warning', (warning) => console.log(`node_warned=${warning.name}`));
main();
JS
if [ -n "$no_node" ]; then
  skip "$no_node" cache-leaks timer-leaks listener-leaks context-leaks
  skip "$no_node" bounded-cache-stays cleared-timer-stays removed-listener-stays finally-stays
  skip "$no_node" node-warns-about-listeners
else
  timeout 60 node --expose-gc "$work/leaks.js" >"$work/out" 2>"$work/error" &
  await "$!"
  cat "$work/out"
  check cache-leaks "$(value cache_leak_kb)" -ge 2048
  check timer-leaks "$(value timer_leak_kb)" -ge 2048
  check listener-leaks "$(value listener_leak_kb)" -ge 2048
  check context-leaks "$(value context_leak_kb)" -ge 2048
  check bounded-cache-stays "$(value cache_fixed_kb)" -le 1024
  check cleared-timer-stays "$(value timer_fixed_kb)" -le 1024
  check removed-listener-stays "$(value listener_fixed_kb)" -le 1024
  check finally-stays "$(value context_fixed_kb)" -le 1024
  check node-warns-about-listeners "$(value node_warned)" = MaxListenersExceededWarning
fi

# ---------------------------------------------------------------------------
step outside-and-inside
cat >"$work/server.js" <<'JS'
const http = require('node:http');
const bounded = process.argv[2] === 'bounded';
const seen = new Map();
let number = 0;
const server = http.createServer(async (request, response) => {
  if (request.url === '/heap') {
    for (let i = 0; i < 3; i++) {
      gc();
      await new Promise(setImmediate);
    }
    response.end(String(Math.round(process.memoryUsage().heapUsed / 1024)));
    return;
  }
  seen.set(number++, new Array(1000).fill(0.5)); // 8 KB
  if (bounded) seen.delete(number - 100);
  response.end('ok');
});
server.keepAliveTimeout = 0; // a slow machine would reuse a connection that the server has just closed
server.listen(0, '127.0.0.1', () => console.log(`pid=${process.pid}\nport=${server.address().port}`));
JS
cat >"$work/load.js" <<'JS'
// load.js PORT NUMBER NAME: sends requests, 20 at a time, then asks the server for its heap.
const http = require('node:http');
const [port, number, name] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
const get = (path) =>
  new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent }, async (response) => {
      let text = '';
      for await (const part of response) text += part;
      resolve(text);
    });
    request.on('error', reject);
  });
const client = async () => {
  for (let i = 0; i < number / 20; i++) await get('/');
};
Promise.all(Array.from({ length: 20 }, client))
  .then(() => get('/heap'))
  .then((kb) => console.log(`${name}_heap_kb=${kb}`))
  .finally(() => agent.destroy());
JS
# load NUMBER NAME: what the server says of itself, and what the kernel says of it.
load() {
  timeout 30 node "$work/load.js" "$port" "$1" "$2" >"$work/heap" 2>&1 &
  await "$!"
  cat "$work/heap"
  echo "$2_rss_kb=$(rss_kb "$pid")"
}
# growth FROM TO: how much the second of these values is above the first.
growth() {
  local from to
  from=$(value "$1")
  to=$(value "$2")
  echo $((${to:-0} - ${from:-0}))
}
if [ -n "$no_node" ]; then
  skip "$no_node" heap-floor-rises rss-rises-outside bounded-floor-stays
else
  for kind in leak bounded; do
    timeout 60 node --expose-gc "$work/server.js" "$kind" >"$work/$kind.server" 2>&1 &
    server=$!
    wait_for port= "$work/$kind.server"
    pid=$(sed -n 's/^pid=//p' "$work/$kind.server")
    port=$(sed -n 's/^port=//p' "$work/$kind.server")
    load 1000 "${kind}_first"
    load 3000 "${kind}_later"
    kill "$server" 2>/dev/null
    await "$server"
  done >"$work/out"
  cat "$work/out"
  leak_floor_kb=$(growth leak_first_heap_kb leak_later_heap_kb)
  leak_rss_kb=$(growth leak_first_rss_kb leak_later_rss_kb)
  bounded_floor_kb=$(growth bounded_first_heap_kb bounded_later_heap_kb)
  fact leak_floor_growth_kb "$leak_floor_kb"
  fact leak_rss_growth_kb "$leak_rss_kb"
  check heap-floor-rises "$leak_floor_kb" -ge 20000 # 3000 requests of 8 KB
  check rss-rises-outside "$leak_rss_kb" -ge 10000
  check bounded-floor-stays "$bounded_floor_kb" -le 2048
fi

# ---------------------------------------------------------------------------
step snapshot-near-the-limit
cat >"$work/receipts.js" <<'JS'
class Receipt {
  lines = new Array(2000).fill(0.5); // 16 KB
}
const receipts = [];
while (receipts.length < 20_000) receipts.push(new Receipt()); // a brake at 320 MB: the limit comes first
JS
cat >"$work/count.js" <<'JS'
// A snapshot is JSON: rows of numbers, and a list of all names. Counts the objects of each class.
const fs = require('node:fs');
const { snapshot, nodes, strings } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { node_fields: fields, node_types: types } = snapshot.meta;
const typeAt = fields.indexOf('type');
const nameAt = fields.indexOf('name');
const counts = new Map();
for (let row = 0; row < nodes.length; row += fields.length) {
  if (types[typeAt][nodes[row + typeAt]] !== 'object') continue;
  const name = strings[nodes[row + nameAt]];
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
console.log(`snapshot_receipts=${counts.get('Receipt') ?? 0}`);
JS
no_snapshot=$no_node
[ "$room_mb" -ge 50 ] || no_snapshot=${no_snapshot:-less than 50 MiB of room for files}
fact snapshot_step "$([ -z "$no_snapshot" ] && echo run || echo skip)"
if [ -n "$no_snapshot" ]; then
  skip "$no_snapshot" ends-with-134 snapshot-is-written only-the-owner-may-read-it snapshot-names-the-class
else
  (
    ulimit -c 0 # no core file
    cd "$work" || exit
    exec timeout 60 node --max-old-space-size=40 --heapsnapshot-near-heap-limit=1 receipts.js
  ) >"$work/error" 2>&1 &
  await "$!"
  near_limit_exit=$?
  snapshot=$(find "$work" -name '*.heapsnapshot' | head -n 1)
  fact near_limit_exit "$near_limit_exit"
  grep -o 'FATAL ERROR: .*' "$work/error" | head -n 1 | raw
  if [ -n "$snapshot" ]; then
    fact snapshot_kb "$(($(wc -c <"$snapshot") / 1024))"
    fact snapshot_mode "$(stat -c %a "$snapshot")"
    timeout 60 node "$work/count.js" "$snapshot" >"$work/out" 2>"$work/error" &
    await "$!"
  else
    fact snapshot_kb none
    : >"$work/out"
  fi
  cat "$work/out"
  check ends-with-134 "$near_limit_exit" -eq 134 # 128 + 6, SIGABRT
  check snapshot-is-written "$([ -s "$snapshot" ] && echo yes)" = yes
  check only-the-owner-may-read-it "$([ -e "$snapshot" ] && stat -c %a "$snapshot")" = 600
  check snapshot-names-the-class "$(value snapshot_receipts)" -ge 1000
fi
finish
