#!/usr/bin/env bash
# @lab namespaces
# @user any
# @needs linux bash>=4.1 unshare
# @optional busybox hostname pivot_root
# @cost memory=20MB processes=6 files=60 time=2s
# @cleanup automatic
#
# Builds a container by hand, one namespace after the other, without Docker and without root.
# Everything happens in new namespaces, which end with their last process; your shell stays where it is.
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

begin namespaces

# The names of the kinds, and which of each kind this shell is in: user:[4026531837] and so on.
kinds='user mnt pid uts net ipc cgroup'
for kind in $kinds; do
  echo "$kind $(readlink "/proc/self/ns/$kind")"
done >"$work/outside"
hostname_outside=$(cat /proc/sys/kernel/hostname)

# How every program in new namespaces begins: which of them are others than outside?
cat >"$work/begin" <<'SH'
work=$1
new=''
while read -r kind outside; do
  [ "$(readlink "/proc/self/ns/$kind")" = "$outside" ] || new="$new $kind"
done <"$work/outside"
echo "new_namespaces=${new# }"
SH

# inside FLAGS...: runs the lines on its input in new namespaces, made by unshare with these FLAGS.
# They say "ready" when all is prepared; if they never do, missing is the reason why.
inside() {
  cat "$work/begin" - >"$work/inside.sh"
  missing=$no_namespaces
  [ -z "$missing" ] || return
  timeout -s KILL 20 unshare "$@" bash "$work/inside.sh" "$work" >"$work/out" 2>"$work/error" </dev/null &
  await "$!"
  if grep -qx ready "$work/out"; then
    sed '/^ready$/d; /=/!s/^/| /' "$work/out"
  else
    missing=$(sed "s|$work/||g; s/^unshare: //" "$work/error" | head -n 1)
    missing=${missing:-no answer}
    echo "$missing" | raw
  fi
}

setting() { cat "/proc/sys/$1" 2>/dev/null; }

# ---------------------------------------------------------------------------
step allowed
fact max_user_namespaces "$(setting user/max_user_namespaces)"
fact unprivileged_userns_clone "$(setting kernel/unprivileged_userns_clone)"
fact apparmor_restrict_unprivileged_userns "$(setting kernel/apparmor_restrict_unprivileged_userns)"
fact seccomp "$(awk '/^Seccomp:/ { print $2 }' /proc/self/status)"
# In a chroot the root is often a plain folder, and no mount.
fact root_is_a_mount "$(awk '$5 == "/" { n++ } END { print n ? "yes" : "no" }' /proc/self/mountinfo)"
no_namespaces=''
has unshare || no_namespaces='unshare not found'
has timeout || no_namespaces='timeout not found'
fact unshare "$(has unshare && echo yes || echo no)"

# ---------------------------------------------------------------------------
step user
inside -Ur <<'SH'
echo ready
echo "inside_uid=$(id -u)"
echo "inside_map=$(xargs </proc/self/uid_map)" # first uid inside, the same one outside, how many
echo "inside_capabilities=$(awk '/^CapEff:/ { print $2 }' /proc/self/status)"
touch "$work/made-inside"
chown 1 "$work/made-inside" 2>"$work/chown" # in here there is no uid 1
echo "chown_exit=$?"
sed 's/.*: //' "$work/chown"
SH
no_namespaces=$missing
fact user_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" root-inside still-you-outside one-user-only
else
  check root-inside "$(value inside_uid)" = 0
  owner=$(stat -c %u "$work/made-inside")
  fact owner_outside "$owner"
  check still-you-outside "$owner" = "$(id -u)"
  check one-user-only "$(value chown_exit)" -ne 0
fi

# ---------------------------------------------------------------------------
step hostname
flags=-Urmpf # what the container at the end is made with
if has hostname; then
  inside -Uru <<'SH'
hostname tiny && echo ready
echo "inside_hostname=$(cat /proc/sys/kernel/hostname)"
SH
else
  missing=${no_namespaces:-hostname not found}
fi
fact hostname_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" own-hostname hostname-outside-is-unchanged
else
  flags=${flags}u
  check own-hostname "$(value inside_hostname)" = tiny
  changed=no
  [ "$(cat /proc/sys/kernel/hostname)" = "$hostname_outside" ] || changed=yes
  check hostname-outside-is-unchanged "$changed" = no
fi

# ---------------------------------------------------------------------------
step process-ids
inside -Urpf <<'SH'
echo ready
echo "inside_pid=$$"
# /proc is still the one from outside: it knows this process by another number.
read -r pid _ </proc/self/stat
echo "pid_in_old_proc=$pid"
set -- /proc/[0-9]*
echo "processes_in_old_proc=$#"
SH
fact process_ids_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" pid-1-inside another-number-outside
else
  check pid-1-inside "$(value inside_pid)" -eq 1
  check another-number-outside "$(value pid_in_old_proc)" -gt 1
fi

# ---------------------------------------------------------------------------
step own-proc
inside -Urpf --mount-proc <<'SH'
echo ready
read -r pid _ </proc/self/stat
echo "pid_in_new_proc=$pid"
set -- /proc/[0-9]*
echo "processes_in_new_proc=$#"
SH
fact own_proc_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" new-proc-says-1 only-itself-in-new-proc
else
  check new-proc-says-1 "$(value pid_in_new_proc)" -eq 1
  check only-itself-in-new-proc "$(value processes_in_new_proc)" -eq 1
fi

# ---------------------------------------------------------------------------
step mounts
mkdir "$work/disk"
inside -Urm <<'SH'
mount -t tmpfs -o size=64k tmpfs "$work/disk" && echo ready
head -c 200000 /dev/zero 2>&1 >"$work/disk/big" | sed 's/.*: //' # the disk is full before that
echo "inside_bytes=$(wc -c <"$work/disk/big")"
echo "inside_mounts_here=$(grep -c "$work/disk" /proc/self/mounts)"
SH
fact mounts_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" disk-is-full-at-64k mount-is-not-seen-outside
else
  check disk-is-full-at-64k "$(value inside_bytes)" -eq 65536
  mounts=$(grep -c "$work/disk" /proc/self/mounts)
  fact outside_mounts_here "$mounts"
  fact outside_files "$(find "$work/disk" -type f | wc -l | xargs)"
  check mount-is-not-seen-outside "$mounts" -eq 0
fi

# ---------------------------------------------------------------------------
step network
inside -Urn <<'SH'
echo ready
# Some kernels put ends of unused tunnels into every new network; they lead nowhere.
tunnels='^(tunl|gre|gretap|erspan|sit|ip_vti|ip6_vti|ip6tnl|ip6gre)0$'
names=$(sed -n 's/^ *\([^ :]*\):.*/\1/p' /proc/net/dev | grep -Ev "$tunnels")
echo "inside_interfaces=$(echo "$names" | xargs)"
echo "inside_routes=$(tail -n +2 /proc/net/route | wc -l)"
{ exec 3<>/dev/tcp/127.0.0.1/9; } 2>"$work/connect" || sed -n '$s/.*: /inside_connect=/p' "$work/connect"
SH
fact network_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" only-lo nothing-is-reachable
else
  flags=${flags}n
  check only-lo "$(value inside_interfaces)" = lo
  check nothing-is-reachable "$(value inside_connect)" = 'Network is unreachable'
fi

# ---------------------------------------------------------------------------
step control-group
# The group stays the same. Only its name changes: inside, the path begins at it.
inside -UrC <<'SH'
echo ready
echo "inside_paths=$(cut -d : -f 3 /proc/self/cgroup | sort -u | xargs)"
SH
outside_paths=$(cut -d : -f 3 /proc/self/cgroup | sort -u | xargs)
fact outside_path_is_root "$([ "$outside_paths" = / ] && echo yes || echo no)"
fact control_group_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" path-begins-here
else
  flags=${flags}C
  check path-begins-here "$(value inside_paths)" = /
fi

# ---------------------------------------------------------------------------
step layers
# An overlay shows two folders as one: "image" below, which is only read, and "container" on top of it.
mkdir "$work/layers"
inside -Urm <<'SH'
cd "$work/layers" && mount -t tmpfs tmpfs . && cd "$work/layers" || exit
mkdir image container work merged
echo 'from the image' >image/changed
echo 'from the image' >image/deleted
mount -t overlay overlay -o lowerdir=image,upperdir=container,workdir=work merged && echo ready
echo 'from the container' >>merged/changed
rm merged/deleted
touch merged/new
echo "merged=$(ls merged | xargs)"
echo "image=$(ls image | xargs)"
echo "container=$(ls container | xargs)"
echo "lines_in_image=$(wc -l <image/changed)"
echo "lines_in_container=$(wc -l <container/changed)"
echo "whiteout=$(stat -c %F container/deleted)"
SH
fact layers_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" merged-view image-is-untouched file-was-copied-up whiteout-hides-the-file
else
  check merged-view "$(value merged)" = 'changed new'
  check image-is-untouched "$(value image) $(value lines_in_image)" = 'changed deleted 1'
  check file-was-copied-up "$(value lines_in_container)" -eq 2
  check whiteout-hides-the-file "$(value whiteout)" = 'character special file'
fi

# ---------------------------------------------------------------------------
step small-root
# The files of the container: one shell, a few tools, and the libraries that they need.
root=$work/root
mkdir "$root" "$root/bin" "$root/proc" "$root/old"
echo tiny >"$root/name"
copy() {
  local library
  cp "$(command -v "$1")" "$root/bin/$1"
  for library in $(ldd "$root/bin/$1" 2>/dev/null | grep -o '/[^ )]*'); do
    mkdir -p "$root${library%/*}"
    cp "$library" "$root$library"
  done
}
if has busybox; then
  fact root_made_of busybox
  copy busybox # one program that is all tools: it goes by the name under which it was started
  for name in sh umount ps; do
    ln -s busybox "$root/bin/$name"
  done
else
  fact root_made_of bash
  for name in bash umount ps; do
    ! has "$name" || copy "$name"
  done
  ln -s bash "$root/bin/sh"
fi
# What runs in the container, as process 1.
cat >"$root/first" <<'SH'
umount -l /old || exit # the whole system that was the root until now
echo ready
read -r name </name
echo "root_name=$name"
echo "root_has=$(echo /*)"
echo "pid=$$"
set -- /proc/[0-9]*
echo "processes=$#"
mounts=0
while read -r line; do mounts=$((mounts + 1)); done </proc/self/mounts
echo "mounts=$mounts"
[ ! -x /bin/ps ] || exec ps -o pid,comm # exec: ps takes over process 1
SH
if has pivot_root; then
  # The new root must be a mount, so it is mounted on itself.
  inside "${flags}i" <<'SH'
mount -o bind "$work/root" "$work/root" && cd "$work/root" || exit
mount -t proc proc proc && pivot_root . old || exit
cd /
PATH=/bin exec /bin/sh /first
SH
else
  missing=${no_namespaces:-pivot_root not found}
fi
fact small_root_step "$([ -z "$missing" ] && echo run || echo skip)"
if [ -n "$missing" ]; then
  skip "$missing" another-root the-old-root-is-gone one-process
else
  check another-root "$(value root_name)" = tiny
  check the-old-root-is-gone "$(value mounts)" -eq 2 # the root itself and /proc
  check one-process "$(value pid) $(value processes)" = '1 1'
fi

# ---------------------------------------------------------------------------
step nothing-left-behind
# A namespace ends with its last process, and its mounts with it.
mounts=$(grep -c "$work" /proc/self/mounts)
fact mounts_left "$mounts"
check no-mount-is-left "$mounts" -eq 0
for kind in $kinds; do
  echo "$kind $(readlink "/proc/self/ns/$kind")"
done >"$work/afterwards"
check namespaces-are-as-before "$(cat "$work/afterwards")" = "$(cat "$work/outside")"
finish
