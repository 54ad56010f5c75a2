#!/usr/bin/env bash
# @lab container-by-hand
# @user root of the throw-away machine in the browser, and of no other
# @needs linux bash>=4.1 unshare mount
# @cost memory=20MB processes=8 files=60 time=10s
# @cleanup automatic
#
# Builds a container as root, part by part, as a runtime does: image, layer, control group, namespaces, pivot_root.
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

# What follows would harm any other machine. The Linux in the browser is started with this word, and nothing else is.
if ! grep -qsF 'lab.machine=throw-away' /proc/cmdline || [ "$(id -u)" -ne 0 ]; then
  echo 'Bail out! This lab harms the machine it runs on. Run it on the throw-away Linux in the browser: the button is on its page.'
  exit 3
fi

begin container-by-hand
group=/sys/fs/cgroup/lab-container
box=/run/lab-container
take_down() {
  local tries=0
  [ "$BASHPID" = "$$" ] || return 0 # as in clean_up
  [ ! -e "$group" ] || echo 1 >"$group/cgroup.kill"
  until [ ! -d "$group" ] || rmdir "$group" 2>/dev/null || [ "$tries" -ge 50 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  umount "$box/root" 2>/dev/null
  rm -rf "$box"
}
trap 'clean_up; take_down' EXIT
name_before=$(cat /proc/sys/kernel/hostname)

# ---------------------------------------------------------------------------
step image
# What an image is in the end: a folder with a root in it. This one has a single program, under several names.
mkdir -p "$box"/image/bin "$box"/image/etc "$box"/image/proc "$box"/image/tmp "$box"/layer "$box"/scratch "$box"/root
cp "$(command -v busybox)" "$box/image/bin/busybox"
for name in sh ls ps cat echo hostname id mount umount rmdir touch rm; do
  ln -s busybox "$box/image/bin/$name"
done
echo 'release 1' >"$box/image/etc/release"
echo 'keep me' >"$box/image/etc/secret"
fact image_programs "$(find "$box/image/bin" -type f | wc -l)"
fact image_names "$(find "$box/image/bin" -type l | wc -l)"
check image-is-a-folder "$(cat "$box/image/etc/release")" = 'release 1'

# ---------------------------------------------------------------------------
step layer
# Reads come from the image, and writes go to the layer. Many containers share one image like this.
mount -t overlay lab -o "lowerdir=$box/image,upperdir=$box/layer,workdir=$box/scratch" "$box/root"
fact mount_exit "$?"
awk '$3 == "overlay" { print "| " $3 " on " $2 }' /proc/mounts
check root-shows-the-image "$(cat "$box/root/etc/release")" = 'release 1'

# ---------------------------------------------------------------------------
step fence
mkdir "$group"
echo 16M >"$group/memory.max"
echo 16 >"$group/pids.max"
fact memory_max "$(cat "$group/memory.max")"
fact pids_max "$(cat "$group/pids.max")"
check group-is-empty "$(cat "$group/pids.current")" -eq 0

# ---------------------------------------------------------------------------
step enter
# The last steps of a runtime, inside of the new namespaces: another root, a /proc of its own, and away with the old root.
cat >"$box/enter.sh" <<'SH'
hostname tiny
cd "$1/root" || exit 1
mkdir .old
pivot_root . .old
cd /
export PATH=/bin
mount -t proc proc /proc
umount -l /.old
rmdir /.old
exec /bin/sh /tmp/program
SH
cat >"$box/root/tmp/program" <<'SH'
echo "container_pid=$$"
echo "container_uid=$(id -u)"
echo "container_hostname=$(hostname)"
echo "container_root=$(echo /*)"
echo "host_files=$([ -e /home/student ] && echo seen || echo none)"
echo "container_group=$(cat /proc/self/cgroup)"
ps
echo 'release 2' >/etc/release
rm /etc/secret
touch /tmp/made-inside
echo "container_release=$(cat /etc/release)"
SH
# contain PROGRAM...: a member of the group, in new namespaces of six kinds.
contain() {
  (
    echo 0 >"$group/cgroup.procs"
    exec unshare --mount --uts --ipc --pid --net --cgroup --fork bash "$box/enter.sh" "$box"
  ) >"$work/out" 2>&1 &
  await "$!"
}
contain
fact container_exit "$?"
sed '/^[a-z_]*=/!s/^/| /' "$work/out"
check first-process "$(value container_pid)" = 1
check own-hostname "$(value container_hostname)" = tiny
check nothing-of-the-host "$(value host_files)" = none
check only-its-own-processes "$(grep -c '^ *[0-9]' "$work/out")" -le 3
check own-group-looks-like-the-first "$(value container_group)" = 0::/

# ---------------------------------------------------------------------------
step afterwards
fact hostname_outside_changed "$([ "$(cat /proc/sys/kernel/hostname)" = "$name_before" ] && echo no || echo yes)"
fact image_release "$(cat "$box/image/etc/release")"
fact layer_release "$(cat "$box/layer/etc/release")"
fact layer_secret "$(stat -c '%F' "$box/layer/etc/secret")"
(cd "$box/layer" && find . ! -type d | sort) | raw
check image-is-untouched "$(cat "$box/image/etc/release" "$box/image/etc/secret" | tr '\n' ,)" = 'release 1,keep me,'
check change-is-in-the-layer "$(cat "$box/layer/etc/release")" = 'release 2'
check whiteout-hides-the-file "$(stat -c '%F' "$box/layer/etc/secret")" = 'character special file'
check host-kept-its-name "$(cat /proc/sys/kernel/hostname)" = "$name_before"

# ---------------------------------------------------------------------------
step second-container
# The same image and a new layer: what the first one did is not there.
umount "$box/root"
rm -rf "$box/layer" "$box/scratch"
mkdir "$box/layer" "$box/scratch"
mount -t overlay lab -o "lowerdir=$box/image,upperdir=$box/layer,workdir=$box/scratch" "$box/root"
cat >"$box/root/tmp/program" <<'SH'
echo "second_release=$(cat /etc/release)"
echo "second_secret=$(cat /etc/secret)"
SH
contain
cat "$work/out"
check second-one-starts-from-the-image "$(value second_release), $(value second_secret)" = 'release 1, keep me'

# ---------------------------------------------------------------------------
step nothing-left-behind
take_down
check no-mount-is-left "$(grep -c "$box" /proc/mounts)" -eq 0
check no-group-is-left "$([ -d "$group" ] && echo there || echo gone)" = gone
finish
