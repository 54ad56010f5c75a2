#!/usr/bin/env bash
# @lab fd
# @user any
# @needs linux bash>=4.1
# @cost memory=10MB processes=4 files=12 disk=8MB time=2s
# @cleanup automatic
#
# File descriptors by hand: what the numbers point to, who shares what, and when a deleted file is really gone.
# Descriptors are opened only inside ( ... ): a subshell that ends and takes them with it.
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

begin fd

# kind PATH: what a descriptor points to, without names and numbers that differ on every machine.
kind() {
  local target
  target=$(readlink "$1")
  case $target in
    pipe:* | socket:* | anon_inode:*) echo "${target%%:*}" ;;
    /dev/null) echo "$target" ;;
    /dev/pts/* | /dev/tty* | /dev/console) echo terminal ;;
    *' (deleted)') echo 'deleted file' ;;
    */fd) echo 'this folder itself' ;;
    '') echo closed ;;
    *) echo file ;;
  esac
}

# only_standard: closes what this shell was handed beyond 0, 1 and 2, so that the numbers below are the same for everyone.
only_standard() { exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; }

# position PROCESS NUMBER: how many bytes into the file this descriptor stands.
position() { awk '/^pos:/ { print $2 }' "/proc/$1/fdinfo/$2"; }

# ---------------------------------------------------------------------------
step three-from-the-start
for number in 0 1 2; do
  fact "descriptor_$number" "$(kind "/proc/$$/fd/$number")"
done
check all-three-are-open "$(for number in 0 1 2; do kind "/proc/$$/fd/$number"; done | grep -c closed)" -eq 0

# ---------------------------------------------------------------------------
step lowest-free-number
# ls has to open the folder that it lists, so its own new descriptor is in the list.
open_numbers() {
  ls /proc/self/fd >"$work/numbers"
  grep -x '[0-9]' "$work/numbers" | paste -s -d ' ' -
}
(
  only_standard
  exec 3</dev/null 4</dev/null 5</dev/null
  echo "with_3_4_5=$(open_numbers)"
  exec 4<&-
  echo "without_4=$(open_numbers)"
) >"$work/out"
cat "$work/out"
check next-is-6 "$(value with_3_4_5)" = '0 1 2 3 4 5 6'
check gap-is-filled-first "$(value without_4)" = '0 1 2 3 4 5'

# ---------------------------------------------------------------------------
step redirections-in-order
both() {
  echo normal
  echo error >&2
}
# Read from left to right: 2>&1 makes 2 a copy of what 1 is at that moment.
both >"$work/file-first" 2>&1
both 2>&1 >"$work/copy-first" | cat >"$work/pipe"
fact file_then_copy "$(paste -s -d ' ' "$work/file-first")"
fact copy_then_file "$(paste -s -d ' ' "$work/copy-first")"
fact went_to_the_pipe "$(paste -s -d ' ' "$work/pipe")"
check file-first-takes-both "$(grep -c . "$work/file-first")" -eq 2
check copy-first-takes-one "$(cat "$work/copy-first")" = normal
check error-went-to-the-old-place "$(cat "$work/pipe")" = error

# ---------------------------------------------------------------------------
step who-shares-a-position
echo 'abcdefghij' >"$work/letters"
(
  only_standard
  me=$BASHPID
  exec 3<"$work/letters" # opened
  exec 4<&3              # a copy of 3
  exec 5<"$work/letters" # opened again
  IFS= read -r -N 2 first <&3
  IFS= read -r -N 2 copy <&4
  IFS= read -r -N 2 again <&5
  echo "first_reads=$first"
  echo "copy_reads=$copy"
  echo "opened_again_reads=$again"
  (IFS= read -r -N 2 child <&3 && echo "child_reads=$child")
  for number in 3 4 5; do
    echo "position_of_$number=$(position "$me" "$number")"
  done
) >"$work/out"
cat "$work/out"
check copy-goes-on-where-the-first-stopped "$(value copy_reads)" = cd
check opened-again-starts-at-0 "$(value opened_again_reads)" = ab
check child-goes-on-too "$(value child_reads)" = ef
check copy-has-the-same-position "$(value position_of_3)" = "$(value position_of_4)"
check other-has-its-own "$(value position_of_5)" -eq 2

# ---------------------------------------------------------------------------
step deleted-but-open
mkdir "$work/logs"
# 8 MB of empty lines
if head -c 8388608 /dev/zero | tr '\0' '\n' 2>"$work/error" >"$work/logs/app.log"; then room=yes; else room=no; fi
fact room "$room"
if [ "$room" = no ]; then
  rm "$work/logs/app.log"
  skip 'no room for 8 MB in the temporary folder' name-is-gone du-no-longer-counts-it link-says-deleted
  skip 'no room for 8 MB in the temporary folder' bytes-are-still-there content-can-be-rescued emptied-without-a-restart
else
  fact folder_kb_before "$(du -sk "$work/logs" | cut -f 1)"
  (
    only_standard
    me=$BASHPID
    exec 7>>"$work/logs/app.log" # a service that writes its log
    rm "$work/logs/app.log"
    echo "names_in_folder=$(find "$work/logs" -type f | wc -l | tr -d ' ')"
    echo "folder_kb_after=$(du -sk "$work/logs" | cut -f 1)"
    echo "descriptor_7=$(kind "/proc/$me/fd/7")"
    echo "names_left=$(stat -L -c %h "/proc/$me/fd/7")"
    echo "held_bytes=$(stat -L -c %s "/proc/$me/fd/7")"
    echo 'still here' >&7
    echo "rescued=$(tail -n 1 "/proc/$me/fd/7")"
    : >"/proc/$me/fd/7" # empties the file, and the service keeps its descriptor
    echo "bytes_after_emptying=$(stat -L -c %s "/proc/$me/fd/7")"
    echo 'and goes on' >&7
    echo "bytes_after_going_on=$(stat -L -c %s "/proc/$me/fd/7")"
  ) >"$work/out"
  cat "$work/out"
  check name-is-gone "$(value names_in_folder)" -eq 0
  check du-no-longer-counts-it "$(value folder_kb_after)" -lt 1024
  check link-says-deleted "$(value descriptor_7)" = 'deleted file'
  check bytes-are-still-there "$(value held_bytes)" -eq 8388608
  check content-can-be-rescued "$(value rescued)" = 'still here'
  check emptied-without-a-restart "$(value bytes_after_emptying) $(value bytes_after_going_on)" = '0 12'
fi

# ---------------------------------------------------------------------------
step pipes-and-sockets
mkfifo "$work/fifo"
(
  only_standard
  me=$BASHPID
  exec 6<>"$work/fifo"
  exec 7< <(echo hello) # what bash makes of <( ... ) is the end of a pipe
  echo "named_pipe=$([ -p "/proc/$me/fd/6" ] && echo yes)"
  echo "pipe=$(kind "/proc/$me/fd/7")"
  IFS= read -r word <&7
  echo "pipe_reads=$word"
  # A UDP socket needs nobody at the other end. Nothing is sent.
  if exec 8<>/dev/udp/127.0.0.1/9; then
    echo "socket=$(kind "/proc/$me/fd/8")"
  fi 2>"$work/error"
) >"$work/out"
cat "$work/out"
check named-pipe-is-a-descriptor "$(value named_pipe)" = yes
check pipe-is-a-descriptor "$(value pipe)" = pipe
if [ -n "$(value socket)" ]; then
  fact socket_step run
  check socket-is-a-descriptor "$(value socket)" = socket
else
  fact socket_step skip
  sed 's/.*: //' "$work/error" | tail -n 1 | raw
  skip 'this bash cannot open a socket here' socket-is-a-descriptor
fi

# ---------------------------------------------------------------------------
step what-children-get
(
  only_standard
  me=$BASHPID
  exec 8</dev/null
  echo "child_has_8=$(bash -c '[ -e /proc/self/fd/8 ] && echo yes || echo no')"
  echo "child_without_8=$(bash -c '[ -e /proc/self/fd/8 ] && echo yes || echo no' 8<&-)"
  echo "still_open_here=$(kind "/proc/$me/fd/8")"
) >"$work/out"
cat "$work/out"
# bash keeps the script itself open under a high number, marked close-on-exec (O_CLOEXEC is 02000000).
script_descriptor=none
for path in "/proc/$$/fd"/*; do
  [ "$path" -ef "$0" ] && script_descriptor=${path##*/}
done
fact script_descriptor "$script_descriptor"
check child-inherits-8 "$(value child_has_8)" = yes
check child-can-be-spared-it "$(value child_without_8)" = no
check parent-keeps-8 "$(value still_open_here)" = /dev/null
if [ "$script_descriptor" = none ]; then
  skip 'the script was not read from a file' script-is-close-on-exec
else
  flags=$(awk '/^flags:/ { print $2 }' "/proc/$$/fdinfo/$script_descriptor")
  fact script_flags "$flags"
  check script-is-close-on-exec "$((8#$flags & 8#2000000))" -ne 0
fi

# ---------------------------------------------------------------------------
step nothing-left-open
left=0
for path in "/proc/$$/fd"/*; do
  case $(readlink "$path") in "$work"/*) left=$((left + 1)) ;; esac
done
fact left_open "$left"
check subshells-took-them-along "$left" -eq 0
finish
