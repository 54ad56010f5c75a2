#!/usr/bin/env bash
# @lab arch
# @user any
# @needs linux bash>=4.1 od base64
# @optional node>=18
# @cost memory=100MB processes=3 files=10 time=2s
# @cleanup automatic
#
# Three tiny programs for three CPUs: reads in their headers whom they are for, starts them all,
# and collects the misleading messages that a program for another CPU can cause.
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

begin arch

if ! has od || ! has base64; then
  echo 'Bail out! This lab needs od and base64.'
  exit 3
fi
# A folder of its own: a shell that takes a program for a script may leave strange files behind.
mkdir "$work/here"
cd "$work/here" || exit 3

# program NAME: makes a program out of the lines of base64 on its input. What follows a space is a remark.
program() {
  local code
  while read -r code _; do
    echo "$code" | base64 -d
  done >"$work/here/$1"
  chmod +x "$work/here/$1"
}

# bytes FILE: its first 20 bytes, on one line.
bytes() { od -An -v -tx1 -N 20 "$1" | xargs; }

# header FILE: who an ELF file is for. Byte 4 is its class, byte 5 its byte order,
# bytes 18 and 19 are the machine. (awk counts from 1.)
header() {
  od -An -v -tu1 -N 20 "$1" | tr '\n' ' ' | awk '
    { elf = $1 == 127 && $2 == 69 && $3 == 76 && $4 == 70 }
    { print "elf=" (elf ? "yes" : "no") }
    { print "class=" ($5 == 1 ? "32-bit" : "64-bit") }
    { print "machine=" ($6 == 2 ? $19 * 256 + $20 : $20 * 256 + $19) }'
}

# start COMMAND...: runs it; its exit code in rc, what it said in $work/out and $work/error.
start() {
  "$@" >"$work/out" 2>"$work/error" </dev/null &
  await "$!"
  rc=$?
}

# said: the error without the paths in front, and without the bytes that no terminal can show.
said() {
  head -n 1 "$work/error" | tr -cd '\n -~' | sed "s|.*$work/here/||" | raw
}

# ---------------------------------------------------------------------------
step this-machine
fact kernel_is_for "$(uname -m)"
packages_are_for() { dpkg --print-architecture || apk --print-arch || rpm -E '%{_arch}'; }
fact packages_are_for "$(packages_are_for 2>/dev/null)"
node_is_for=''
[ -n "$no_node" ] || node_is_for=$(timeout 20 node -p 'process.platform + " " + process.arch')
fact node_is_for "$node_is_for"
fact node_steps "$([ -z "$no_node" ] && echo run || echo skip)"
# The program that runs this script, its first 20 bytes: "7f 45 4c 46" is 7f and the letters ELF.
bytes "$BASH" | raw
header "$BASH" >"$work/out"
bash_machine=$(value machine)
fact bash_class "$(value class)"
fact bash_machine "$bash_machine"
check bash-is-an-elf-file "$(value elf)" = yes

# ---------------------------------------------------------------------------
step three-programs
# Written by hand, byte by byte: no compiler, no library. Each says hello and ends with 42.
program x86-64 <<'ELF'
f0VMRg== 7f 45 4c 46: this is an ELF file
AgEBAAAAAAAAAAAA class 2 (64-bit), byte order 1 (small end first), version 1, then 9 unused bytes
AgA= type 2: a program
PgA= machine 3e = 62: x86-64
AQAAAHgAQAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAABAADgAAQAAAAAAAAA= the first instruction is at 400078
AQAAAAUAAAAAAAAAAAAAAAAAQAAAAAAAAABAAAAAAACuAAAAAAAAAK4AAAAAAAAAAAABAAAAAAA= load me at 400000
uAEAAAC/AQAAAEiNNRMAAAC6EgAAAA8F call 1 (write) to file 1, the text below, 18 bytes
uDwAAAC/KgAAAA8F call 60 (exit) with 42
aGVsbG8gZnJvbSB4ODYtNjQK the text
ELF
program aarch64 <<'ELF'
f0VMRg== 7f 45 4c 46: this is an ELF file
AgEBAAAAAAAAAAAA class 2 (64-bit), byte order 1 (small end first), version 1, then 9 unused bytes
AgA= type 2: a program
twA= machine b7 = 183: aarch64
AQAAAHgAQAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAABAADgAAQAAAAAAAAA= the first instruction is at 400078
AQAAAAUAAAAAAAAAAAAAAAAAQAAAAAAAAABAAAAAAACrAAAAAAAAAKsAAAAAAAAAAAABAAAAAAA= load me at 400000
IACA0uEAABBiAoDSCAiA0gEAANQ= call 64 (write) to file 1, the text below, 19 bytes
QAWA0qgLgNIBAADU call 93 (exit) with 42
aGVsbG8gZnJvbSBhYXJjaDY0Cg== the text
ELF
program i386 <<'ELF'
f0VMRg== 7f 45 4c 46: this is an ELF file
AQEBAAAAAAAAAAAA class 1 (32-bit), byte order 1 (small end first), version 1, then 9 unused bytes
AgA= type 2: a program
AwA= machine 3: i386
AQAAAFQAQAA0AAAAAAAAAAAAAAA0ACAAAQAAAAAAAAA= the first instruction is at 400054
AQAAAAAAAAAAAEAAAABAAIYAAACGAAAABQAAAAAQAAA= load me at 400000
uAQAAAC7AQAAALl2AEAAuhAAAADNgA== call 4 (write) to file 1, the text below, 16 bytes
uAEAAAC7KgAAAM2A call 1 (exit) with 42
aGVsbG8gZnJvbSBpMzg2Cg== the text
ELF
machines=''
classes=''
for name in x86-64 aarch64 i386; do
  # What od prints here stands in the remarks above.
  echo "$name: $(bytes "$name")" | raw
  header "$name" >"$work/out"
  machines="$machines $(value machine)"
  classes="$classes $(value class)"
done
fact machines "${machines# }"
fact classes "${classes# }"
check header-names-the-cpu "$machines" = ' 62 183 3'
check header-names-the-word-size "$classes" = ' 64-bit 64-bit 32-bit'

# ---------------------------------------------------------------------------
step run-them
# Which of the three is this kernel's own, and which one is certainly not?
case $(uname -m) in
  x86_64 | amd64) own=x86-64 foreign=aarch64 ;;
  aarch64 | arm64) own=aarch64 foreign=x86-64 ;;
  i?86) own=i386 foreign=x86-64 ;;
  *) own='' foreign=x86-64 ;;
esac
fact own "$own"
# Some servers forbid programs in /tmp ("noexec"). A shell script tells, whatever the CPU.
printf '#!/bin/sh\nexit 42\n' >script
chmod +x script
start "$work/here/script"
no_start=''
[ "$rc" -eq 42 ] || no_start='programs may not be started in the temporary folder (noexec)'
fact may_start "$([ -z "$no_start" ] && echo yes || echo no)"
if [ -n "$no_start" ]; then
  said
  skip "$no_start" own-program-runs
elif [ -z "$own" ]; then
  skip 'the lab has no program for this CPU' own-program-runs
else
  start "$work/here/$own"
  raw <"$work/out"
  fact own_exit "$rc"
  check own-program-runs "$rc $(cat "$work/out")" = "42 hello from $own"
fi
# A 64-bit x86 kernel usually runs the 32-bit programs of its family, too.
start "$work/here/i386"
fact i386_exit "$rc"
start "$work/here/$foreign"
if [ "$own $rc" = 'i386 42' ]; then
  # A 64-bit kernel that calls itself 32-bit, as in a 32-bit container image. Take another one.
  foreign=aarch64
  start "$work/here/$foreign"
fi
foreign_runs=no
[ "$rc" -ne 42 ] || foreign_runs=yes
no_foreign=$no_start
[ "$foreign_runs" = no ] || no_foreign='the foreign program runs: something here translates it'
fact foreign "$foreign"
fact foreign_runs "$foreign_runs"
fact foreign_exit "$rc"
fact foreign_step "$([ -z "$no_foreign" ] && echo run || echo skip)"
if [ -n "$no_foreign" ]; then
  skip "$no_foreign" foreign-program-is-refused message-is-exec-format-error
else
  said
  check foreign-program-is-refused "$rc" -eq 126
  check message-is-exec-format-error "$(grep -c 'cannot execute binary file' "$work/error")" -ge 1
fi

# ---------------------------------------------------------------------------
step started-by-others
# Most programs start another one through execvp of the C library. When the kernel refuses a file, glibc's
# execvp hands it to /bin/sh: it may be a script without a "#!" line. Is it like this here, too?
echo 'exit 43' >plain
chmod +x plain
start env "$work/here/plain"
sh_takes_over=no
[ "$rc" -ne 43 ] || sh_takes_over=yes
[ -z "$no_start" ] || sh_takes_over=unknown
fact sh_takes_over "$sh_takes_over"
no_sh=$no_foreign
[ "$sh_takes_over" = yes ] || no_sh=${no_sh:-execvp of this C library does not hand the file to sh}
# Then sh reads machine code as if it were a script, and its error is what you see.
if [ -n "$no_foreign" ]; then
  skip "$no_foreign" env-fails-too
else
  start env "$work/here/$foreign"
  said
  fact env_exit "$rc"
  check env-fails-too "$rc" -ne 0
fi
if [ -n "$no_sh" ]; then
  skip "$no_sh" sh-hides-the-reason
else
  check sh-hides-the-reason "$(grep -c 'Exec format error' "$work/error")" -eq 0
fi
if [ -z "$no_foreign" ] && has timeout; then
  start timeout 5 "$work/here/$foreign"
  said
  fact timeout_exit "$rc"
fi
cat >"$work/spawn.js" <<'JS'
const { spawnSync } = require('node:child_process');
const { error, status } = spawnSync(process.argv[2]);
console.log(`node_spawn_error=${error?.code ?? 'none'}`);
console.log(`node_spawn_status=${status ?? 'none'}`);
JS
if [ -n "$no_sh$no_node" ]; then
  skip "${no_sh:-$no_node}" spawn-gives-no-error-either
else
  start timeout 20 node "$work/spawn.js" "$work/here/$foreign"
  cat "$work/out" "$work/error"
  check spawn-gives-no-error-either "$(value node_spawn_error)" = none
fi

# ---------------------------------------------------------------------------
step node-addons
# A native addon (*.node) is a library in machine code. The first one is for another CPU,
# the second one begins like a file from a Mac.
cp "$foreign" "$work/foreign.node"
{
  printf '\317\372\355\376\014\000\000\001' # cf fa ed fe: Mach-O; 0c 00 00 01: arm64
  head -c 4088 /dev/zero
} >"$work/mac.node"
cat >"$work/addons.js" <<'JS'
const { existsSync } = require('node:fs');
const path = require('node:path');
for (const name of ['foreign', 'mac']) {
  const file = path.join(__dirname, `${name}.node`);
  let error = {};
  try {
    require(file);
  } catch (caught) {
    error = caught;
  }
  console.log(`${name}_addon_exists=${existsSync(file)}`);
  console.log(`${name}_addon_error=${error.code ?? 'none'}`);
  // The loader's own words, without the folder.
  const text = (error.message ?? '').split('\n')[0].replaceAll(`${__dirname}/`, '');
  console.log(`| ${text}`);
}
JS
if [ -n "$no_node" ]; then
  skip "$no_node" foreign-addon-is-refused mac-addon-is-refused no-message-names-the-cpu
else
  start timeout 20 node "$work/addons.js"
  cat "$work/out" "$work/error"
  check foreign-addon-is-refused "$(value foreign_addon_error)" = ERR_DLOPEN_FAILED
  check mac-addon-is-refused "$(value mac_addon_error)" = ERR_DLOPEN_FAILED
  named=$(grep -Eic '^\|.*(cpu|architecture|aarch64|arm64|x86|i386)' "$work/out")
  check no-message-names-the-cpu "$named" -eq 0
fi

# ---------------------------------------------------------------------------
step windows-line-ends
# Saved on Windows, a line ends with CR and LF. The kernel then looks for "/bin/sh" with a CR at its end.
printf '#!/bin/sh\r\nexit 42\r\n' >windows
tr -d '\r' <windows >unix
chmod +x windows unix
od -An -c -N 11 windows | tr -s ' ' | sed 's/^ //' | raw
if [ -n "$no_start" ]; then
  skip "$no_start" script-with-cr-does-not-start message-blames-a-missing-file without-cr-it-runs
else
  start "$work/here/windows"
  said
  fact windows_exit "$rc"
  check script-with-cr-does-not-start "$rc" -ge 126
  check message-blames-a-missing-file "$(grep -Ec 'not found|No such file' "$work/error")" -ge 1
  start "$work/here/unix"
  fact unix_exit "$rc"
  check without-cr-it-runs "$rc" -eq 42
fi
finish
