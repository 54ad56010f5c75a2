#!/usr/bin/env bash
# @lab vm
# @user any
# @needs linux bash>=4.1
# @optional node>=18 python3 perl
# @cost memory=130MB processes=4 files=2 time=4s
# @cleanup automatic
#
# What a process was promised, what it really has, and what it shares with others.
# It asks for a lot of memory and touches little of it: never more than about 130 MB at a time.
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

begin vm

# memory FIELD PID: a size in MB. VmSize is what the process may use, VmRSS what it has in RAM.
memory() { awk -v field="$1:" '$1 == field { print int($2 / 1024) }' "/proc/$2/status" 2>/dev/null; }

# minor_faults PID, major_faults PID: how often it met a page that was not there. Major ones had to read from a disk.
minor_faults() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $8 }'; }
major_faults() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $10 }'; }

# meminfo FIELD: of the whole machine, in MB.
meminfo() { awk -v field="$1:" '$1 == field { print int($2 / 1024) }' /proc/meminfo; }

# number KEY: like value, but 0 where the program did not say it.
number() {
  local seen
  seen=$(value "$1")
  echo "${seen:-0}"
}

# until_reserved PID MB: waits until the process has asked for that much, ten seconds at most.
until_reserved() {
  local tries=0 size
  until size=$(memory VmSize "$1") && [ "${size:-0}" -ge "$2" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] && [ -e "/proc/$1" ] || return 1
    sleep 0.1
  done
}

# ---------------------------------------------------------------------------
step the-machine
page_kb=$(awk '/^KernelPageSize/ { print $2; exit }' /proc/self/smaps)
huge=/sys/kernel/mm/transparent_hugepage
# With [always], the kernel may hand out 2 MB at a time instead of one page.
large_pages=$(grep -qs '\[always\]' "$huge/enabled" "$huge"/hugepages-*/enabled && echo yes || echo no)
overcommit=$(cat /proc/sys/vm/overcommit_memory)
available_mb=$(meminfo MemAvailable)
fact page_kb "$page_kb"
fact large_pages "$large_pages"
fact memory_total_mb "$(meminfo MemTotal)"
fact memory_free_mb "$(meminfo MemFree)"
fact memory_available_mb "$available_mb"
fact swap_total_mb "$(meminfo SwapTotal)"
fact overcommit_memory "$overcommit"
fact commit_limit_mb "$(meminfo CommitLimit)"
fact committed_mb "$(meminfo Committed_AS)"

# ---------------------------------------------------------------------------
step promise-and-touch
# dd asks for a buffer of 64 MB, then waits for data. Nobody has touched the buffer yet.
# As much as we put into the pipe, that much of the buffer it fills.
dd="dd"
! has gnudd || dd="gnudd" # where dd is another program, that of GNU may be there under this name
mkfifo "$work/pipe"
"$dd" bs=64M count=2 iflag=fullblock of=/dev/null <"$work/pipe" 2>"$work/error" &
process=$!
exec 8>"$work/pipe"
until_reserved "$process" 64
promised_size=$(memory VmSize "$process")
promised_rss=$(memory VmRSS "$process")
# A dd that fills its buffer before it reads shows nothing here, and would be a danger further below.
dd_usable=no
[ "${promised_size:-0}" -lt 64 ] || [ "${promised_rss:-64}" -ge 32 ] || dd_usable=yes
fact dd_usable "$dd_usable"
fact promised_size_mb "$promised_size"
fact promised_rss_mb "$promised_rss"
if [ "$dd_usable" = no ]; then
  exec 8>&-
  await "$process"
  skip 'this dd fills its buffer at once' promise-is-in-vmsize promise-is-not-in-rss half-is-resident all-is-resident
else
  faults_0=$(minor_faults "$process")
  head -c 33554432 /dev/zero >&8 # 32 MB
  half_rss=$(memory VmRSS "$process")
  head -c 33554432 /dev/zero >&8
  full_size=$(memory VmSize "$process")
  full_rss=$(memory VmRSS "$process")
  faults_1=$(minor_faults "$process")
  # The first block is full. The second goes into the same buffer, over the first.
  head -c 33554432 /dev/zero >&8
  faults_2=$(minor_faults "$process")
  major=$(major_faults "$process")
  exec 8>&-
  await "$process"
  fact half_rss_mb "$half_rss"
  fact full_size_mb "$full_size"
  fact full_rss_mb "$full_rss"
  check promise-is-in-vmsize "$promised_size" -ge 64
  check promise-is-not-in-rss "$promised_rss" -le 16
  check half-is-resident "$((half_rss - promised_rss))" -ge 28
  check all-is-resident "$((full_rss - promised_rss))" -ge 60
fi

# ---------------------------------------------------------------------------
step page-faults
if [ "$dd_usable" = no ]; then
  skip 'this dd fills its buffer at once' first-touch-faults second-touch-does-not
else
  pages=$((65536 / page_kb))
  least=$((pages * 9 / 10))
  [ "$large_pages" = no ] || least=20 # 64 MB are 32 large pages, and not all of them fit
  fact pages_in_64_mb "$pages"
  fact first_touch_faults "$((faults_1 - faults_0))"
  fact second_touch_faults "$((faults_2 - faults_1))"
  fact major_faults "$major"
  check first-touch-faults "$((faults_1 - faults_0))" -ge "$least"
  check second-touch-does-not "$((faults_2 - faults_1))" -lt "$((least / 2))"
fi

# ---------------------------------------------------------------------------
step more-than-there-is
# Half-way between what is available now and all that the machine has: too much to use, not too much to promise.
too_much=$(((available_mb + $(meminfo MemTotal) + $(meminfo SwapTotal)) / 2))
promise=untried
if [ "$dd_usable" = yes ]; then
  "$dd" bs="${too_much}M" count=1 of=/dev/null <"$work/pipe" 2>"$work/error" &
  process=$!
  exec 8>"$work/pipe"
  promise=refused
  ! until_reserved "$process" "$too_much" || promise=given
  given_size=$(memory VmSize "$process")
  given_rss=$(memory VmRSS "$process")
  kill -9 "$process" 2>/dev/null # before it reads anything
  await "$process"
  exec 8>&-
fi
fact promise "$promise"
if [ "$promise" = untried ]; then
  skip 'this dd fills its buffer at once' more-is-promised-than-available promise-costs-nothing
elif [ "$promise" = refused ] && { [ "$overcommit" = 2 ] || [ "$(ulimit -v)" != unlimited ]; }; then
  sed 's/^.*dd: //; s/[0-9][0-9.]*/N/g' "$work/error" | head -n 1 | raw
  skip 'promises are limited here (overcommit_memory=2, or ulimit -v)' more-is-promised-than-available promise-costs-nothing
else
  fact given_size_mb "$given_size"
  fact given_rss_mb "$given_rss"
  check more-is-promised-than-available "${given_size:-0}" -ge "$available_mb"
  check promise-costs-nothing "${given_rss:-none}" -le 16
fi

# ---------------------------------------------------------------------------
step copy-on-write
# The same in two languages, since not every machine has both.
cat >"$work/fork.py" <<'PYTHON'
import os

def kb(file, field):  # the sum of all lines of that name, in KB
    with open(file) as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith(field + ":"))

def say(name, field, file="/proc/self/smaps"):
    print("%s=%d" % (name, kb(file, field) // 1024), flush=True)

status = "/proc/self/status"
size = 48 << 20
say("before_rss_mb", "VmRSS", status)
data = bytearray(b"x") * size
say("held_rss_mb", "VmRSS", status)
if os.fork() == 0:
    say("child_rss_mb", "VmRSS", status)
    say("child_shares_mb", "Shared_Dirty")
    for at in range(0, size // 2, 4096):
        data[at] = ord("y")  # one byte in each page of the first half
    say("child_shares_after_writing_mb", "Shared_Dirty")
    say("child_owns_after_writing_mb", "Private_Dirty")
    os._exit(0)
os.wait()
print("parent_still_has=" + chr(data[0]))
del data
say("freed_rss_mb", "VmRSS", status)
PYTHON
cat >"$work/fork.pl" <<'PERL'
use strict;
$| = 1;

sub say_mb {  # the sum of all lines of that name
  my ($name, $field, $file) = @_;
  my $kb = 0;
  open my $lines, "<", $file || "/proc/self/smaps" or die;
  while (<$lines>) { $kb += $1 if /^$field:\s+(\d+)/ }
  printf "%s=%d\n", $name, $kb / 1024;
}

my $status = "/proc/self/status";
my $size = 48 << 20;
say_mb("before_rss_mb", "VmRSS", $status);
my $data = "x" x $size;
say_mb("held_rss_mb", "VmRSS", $status);
if (fork == 0) {
  say_mb("child_rss_mb", "VmRSS", $status);
  say_mb("child_shares_mb", "Shared_Dirty");
  for (my $at = 0; $at < $size / 2; $at += 4096) {
    substr($data, $at, 1, "y");  # one byte in each page of the first half
  }
  say_mb("child_shares_after_writing_mb", "Shared_Dirty");
  say_mb("child_owns_after_writing_mb", "Private_Dirty");
  exit;
}
wait;
print "parent_still_has=", substr($data, 0, 1), "\n";
undef $data;
say_mb("freed_rss_mb", "VmRSS", $status);
PERL
if has python3; then
  program=python3
  fork_program=$work/fork.py
elif has perl; then
  program=perl
  fork_program=$work/fork.pl
else
  program=none
fi
fact program "$program"
if [ "$program" = none ]; then
  skip 'python3 and perl not found' fork-copies-nothing writing-copies parent-keeps-its-own freed-memory-goes-back
else
  "$program" "$fork_program" >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  check fork-copies-nothing "$(value child_shares_mb)" -ge 46
  check writing-copies "$(value child_owns_after_writing_mb)" -ge 23
  check parent-keeps-its-own "$(value parent_still_has)" = x
  check freed-memory-goes-back "$(value freed_rss_mb)" -le "$(($(number held_rss_mb) - 44))"
fi

# ---------------------------------------------------------------------------
step files-in-memory
# cat reads the file, then the kernel's own account of what this cat has read.
{ head -c 33554432 /dev/zero && echo; } >"$work/file"
cat "$work/file" /proc/self/io 2>/dev/null | tail -n 7 | sed -n 's/^\(rchar\|read_bytes\): /cat_\1=/p' >"$work/out"
cat "$work/out"
if [ -z "$(value cat_read_bytes)" ]; then
  fact io_account no
  skip 'this kernel keeps no account in /proc/PID/io' second-read-needs-no-disk
else
  fact io_account yes
  check second-read-needs-no-disk "$(($(number cat_read_bytes) / 1048576))" -le 1
fi
cat >"$work/map.py" <<'PYTHON'
import mmap, sys

def say(name):
    with open("/proc/self/status") as lines:
        kb = dict(line.split()[:2] for line in lines if line.startswith(("VmSize", "RssAnon", "RssFile")))
    for field, fact in (("VmSize", "size"), ("RssFile", "of_files"), ("RssAnon", "of_its_own")):
        print("%s_%s_mb=%d" % (name, fact, int(kb[field + ":"]) // 1024))

say("unmapped")
with open(sys.argv[1], "rb") as file:
    data = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
say("mapped")
total = sum(data[at] for at in range(0, len(data), 4096))  # one byte of each page
say("touched")
PYTHON
if has python3; then
  fact mmap_step run
  python3 "$work/map.py" "$work/file" >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  check mapping-is-a-promise-too "$(($(number mapped_size_mb) - $(number unmapped_size_mb)))" -ge 32
  check mapped-pages-count-as-resident "$(($(number touched_of_files_mb) - $(number unmapped_of_files_mb)))" -ge 30
  check mapped-pages-are-not-its-own "$(($(number touched_of_its_own_mb) - $(number unmapped_of_its_own_mb)))" -le 2
else
  fact mmap_step skip
  skip 'python3 not found' mapping-is-a-promise-too mapped-pages-count-as-resident mapped-pages-are-not-its-own
fi

# ---------------------------------------------------------------------------
step node-asks-for-a-lot
cat >"$work/reserve.js" <<'JS'
const fs = require('node:fs');
function say(name) {
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  const mb = (field) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)[1]) / 1024);
  console.log(`node_${name}_size_mb=${mb('VmSize')}`);
  console.log(`node_${name}_rss_mb=${mb('VmRSS')}`);
}
say('idle');
const buffer = Buffer.allocUnsafeSlow(64 * 2 ** 20); // 64 MB, and nobody has written into them
say('promised');
buffer.fill(1);
say('touched');
JS
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"
if [ -n "$no_node" ]; then
  skip "$no_node" node-size-is-mostly-promise buffer-is-a-promise-first buffer-is-resident-when-filled
else
  timeout 20 node "$work/reserve.js" >"$work/out" 2>&1 &
  await "$!"
  cat "$work/out"
  idle_rss=$(number node_idle_rss_mb)
  check node-size-is-mostly-promise "$(value node_idle_size_mb)" -ge "$((idle_rss * 5))"
  check buffer-is-a-promise-first "$(($(number node_promised_rss_mb) - idle_rss))" -le 24
  check buffer-is-resident-when-filled "$(($(number node_touched_rss_mb) - $(number node_promised_rss_mb)))" -ge 40
fi
finish
