#!/usr/bin/env bash
# @lab users
# @user any (as root some refusals cannot happen; the lab says which)
# @needs linux bash>=4.1
# @optional unshare
# @cost memory=20MB processes=4 files=8 time=1s
# @cleanup automatic
#
# Reads who you are, which bits of a file decide, and what "root" inside a user namespace may do.
# It changes only files in its own temporary folder.
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

begin users
mode() { stat -c %a "$1"; }
last_word() { sed 's/.*: //' | raw; } # the kernel's answer, without the names before it

# ---------------------------------------------------------------------------
step who-am-i
fact name_known "$(id -un >/dev/null 2>&1 && echo yes || echo no)"
fact groups "$(id -G | wc -w | tr -d ' ')"
: >"$work/mine"
fact owner_of_a_new_file "$(stat -c %u "$work/mine")"
check new-file-has-my-number "$(stat -c %u "$work/mine")" = "$(id -u)"

# ---------------------------------------------------------------------------
step umask
before=$(umask)
(
  umask 027
  : >"$work/file"
  mkdir "$work/folder"
)
fact file_mode "$(mode "$work/file")"
fact folder_mode "$(mode "$work/folder")"
check umask-takes-bits-away "$(mode "$work/file") $(mode "$work/folder")" = '640 750'
check umask-of-this-shell-is-unchanged "$(umask)" = "$before"

# ---------------------------------------------------------------------------
step one-class-decides
echo secret >"$work/weak-owner"
chmod 046 "$work/weak-owner" # nothing for the owner, more for everybody else
ls -l "$work/weak-owner" | cut -c 1-10 | raw
cat "$work/weak-owner" >/dev/null 2>"$work/error"
last_word <"$work/error"
# Root, also the root of a user namespace, may pass over the bits (CAP_DAC_OVERRIDE).
bits=obeyed
[ -s "$work/error" ] || bits=passed-over
fact bits "$bits"
if [ "$bits" = obeyed ]; then
  check owner-is-refused "$(grep -c 'Permission denied' "$work/error")" -eq 1
else
  skip 'root passes over permission bits' owner-is-refused
fi
chmod 600 "$work/weak-owner"
check owner-may-change-the-bits "$(cat "$work/weak-owner")" = secret

# ---------------------------------------------------------------------------
step the-way-to-a-file
mkdir "$work/room"
echo found >"$work/room/note"
if [ "$bits" = obeyed ]; then
  chmod 600 "$work/room" # r without x: the names may be read, the way in is closed
  fact names_with_r_only "$(cd "$work" && echo room/*)"
  cat "$work/room/note" >/dev/null 2>"$work/error"
  last_word <"$work/error"
  check closed-without-x "$(grep -c 'Permission denied' "$work/error")" -eq 1
  chmod 100 "$work/room" # x without r: whoever knows the name gets in
  fact names_with_x_only "$(cd "$work" && echo room/*)"
  check open-with-x-alone "$(cat "$work/room/note" 2>&1)" = found
  chmod 700 "$work/room"
else
  skip 'root passes over permission bits' closed-without-x open-with-x-alone
fi

# ---------------------------------------------------------------------------
step deleting
: >"$work/room/locked"
chmod 000 "$work/room/locked"
rm -f "$work/room/locked"
check folder-decides-about-deleting ! -e "$work/room/locked"
fact tmp_mode "$(mode /tmp 2>/dev/null)"
case $(ls -ld /tmp 2>/dev/null) in
  d???????wt*) shared=safely ;;
  d???????w*) shared=carelessly ;; # such as a volume that is mounted there
  *) shared=no ;;
esac
fact tmp_is_shared "$shared"
if [ "$shared" = safely ]; then
  check tmp-is-sticky "$((0$(mode /tmp) & 01000))" -ne 0
else
  skip 'this /tmp has no sticky bit, or is not open to all' tmp-is-sticky
fi

# ---------------------------------------------------------------------------
step borrowed-rights
helper=$(command -v su || command -v passwd || command -v sudo || echo none)
[ "$helper" = none ] || ls -lL "$helper" | cut -c 1-10 | raw
fact no_new_privs "$(sed -n 's/^NoNewPrivs:[^0-9]*//p' /proc/self/status)"
if [ "$helper" != none ] && [ -u "$helper" ]; then
  fact setuid yes
  check runs-as-its-owner "$(ls -lL "$helper" | cut -c 4)" = s
else
  fact setuid no
  skip 'no setuid program found' runs-as-its-owner
fi

# ---------------------------------------------------------------------------
step parts-of-root
grep -E '^Cap(Eff|Bnd)' /proc/self/status | tr '\t' ' ' | raw
effective=$(awk '/^CapEff/ { print $2 }' /proc/self/status)
fact capabilities "$([ -z "${effective//0/}" ] && echo none || echo some)"
# Bit 10 is CAP_NET_BIND_SERVICE, bit 24 is CAP_SYS_RESOURCE (linux/capability.h).
fact may_use_low_ports "$((16#$effective >> 10 & 1))"
fact may_raise_hard_limits "$((16#$effective >> 24 & 1))"
privileged=no
[ "$(id -u)" -ne 0 ] || privileged=yes
fact privileged "$privileged"
if [ "$privileged" = no ]; then
  check a-user-has-no-capability "${effective//0/}" = ''
else
  skip 'this is root' a-user-has-no-capability
fi

# ---------------------------------------------------------------------------
step root-of-a-namespace
writable() { [ -w /etc/passwd ] && echo yes || echo no; }
fact etc_writable_outside "$(writable)"
namespace=no
if ! has unshare; then
  why='unshare not found'
elif unshare -Ur true 2>"$work/error"; then
  namespace=yes
else
  last_word <"$work/error"
  why='user namespaces are not allowed here'
fi
fact namespace "$namespace"
if [ "$namespace" = yes ]; then
  # Inside it, this user is called 0. Outside, nothing has changed.
  unshare -Ur bash -c '
    echo "inside_uid=$(id -u)"
    [ -w /etc/passwd ] && echo etc_writable_inside=yes || echo etc_writable_inside=no
    : >"$1"
    echo "inside_owner=$(stat -c %u "$1")"
  ' bash "$work/made-inside" >"$work/out"
  cat "$work/out"
  fact outside_owner "$(stat -c %u "$work/made-inside")"
  check looks-like-root-inside "$(value inside_uid)" -eq 0
  check file-belongs-to-me-outside "$(stat -c %u "$work/made-inside")" = "$(id -u)"
  if [ "$(writable)" = no ]; then
    check kernel-still-says-no "$(value etc_writable_inside)" = no
  else
    skip 'this user may write there anyway' kernel-still-says-no
  fi
else
  skip "$why" looks-like-root-inside file-belongs-to-me-outside kernel-still-says-no
fi
finish
