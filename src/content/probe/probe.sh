#!/usr/bin/env bash
# @probe
# @user any
# @needs linux bash>=4.1
# @optional node unshare systemd
# @cost memory=60MB processes=6 files=16 time=2s
# @cleanup nothing to clean up: it only reads
#
# Prints what differs from machine to machine and changes what the labs of this course show.
# It changes nothing, asks the network for nothing, and prints no name of a host or a user.
# Other shells read a few of its lines in another way, so this must be bash.
if [ -z "${BASH_VERSION:-}" ]; then
  echo 'run me with: bash probe.sh'
  return 3 2>/dev/null || exit 3
fi
# "source probe.sh" would run it inside your own shell.
if [ "${BASH_SOURCE[0]:-$0}" != "$0" ]; then
  echo 'run me with: bash probe.sh'
  return 3
fi
set +o posix
set -u
locale=${LC_ALL:-${LC_MESSAGES:-${LANG:-none}}}
node_options=${NODE_OPTIONS:+set}
export LC_ALL=C                                      # sizes and messages in one form everywhere
export PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin" # Debian leaves these out for a normal user
unset NODE_OPTIONS                                   # would change what Node does

has() { command -v "$1" >/dev/null 2>&1; }
step() { echo "-- step $1"; }
# Whatever a file says, only printable ASCII comes out.
fact() {
  local value=${2:-none}
  echo "$1=${value//[^ -~]/?}"
}
yes_or_no() { "$@" >/dev/null 2>&1 && echo yes || echo no; }
first_line() {
  local line=''
  read -r line 2>/dev/null <"$1"
  echo "$line"
}
# limited SECONDS COMMAND...: nothing may hang here.
limited() {
  if has timeout; then timeout "$@"; else "${@:2}"; fi
}

# --- from the labs: the same names mean the same there ---
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
# --- end of what the labs have, too ---

echo '== probe v1'
fact os "$(uname -s)"
if [ "$(uname -s)" != Linux ] || [ ! -r /proc/self/limits ]; then
  echo 'Bail out! The probe needs Linux with /proc.'
  exit 3
fi

# ---------------------------------------------------------------------------
step system
fact kernel "$(uname -r)"
fact arch "$(uname -m)"
fact distribution "$(distribution)"

# Only well-known names of programs are printed; any other one may be a name that you gave it.
init=$(first_line /proc/1/comm)
init=${init%%(*} # WSL: "init(Ubuntu)"
case $init in
  systemd | init | openrc-init | runit | s6-svscan | tini | dumb-init | docker-init | catatonit) ;;
  busybox | bash | sh | dash | zsh | sleep | tail | node | sshd | supervisord) ;;
  '') init=none ;;
  *) init=other ;;
esac
fact init "$init"

container() {
  if [ -e /.dockerenv ]; then
    echo docker
  elif [ -e /run/.containerenv ]; then
    echo podman
  elif [ -n "${KUBERNETES_SERVICE_HOST:-}" ] || grep -qs kubepods /proc/1/cgroup; then
    echo kubernetes
  elif grep -qs lxc /proc/1/cgroup || [ "${container:-}" = lxc ]; then
    echo lxc
  elif [ "${container:-}" = systemd-nspawn ]; then
    echo systemd-nspawn
  elif grep -Eqs 'docker|containerd|libpod' /proc/1/cgroup; then
    echo other
  else
    echo none
  fi
}
fact in_container "$(in_container)"
fact container "$(container)"
fact wsl "$(grep -qis microsoft /proc/version && echo yes || echo no)"
case $(uname -r) in
  *WSL2* | *microsoft-standard*) fact wsl_version 2 ;;
  *Microsoft*) fact wsl_version 1 ;;
  *) fact wsl_version none ;;
esac
if [ "${CODESPACES:-}" = true ]; then
  fact hosted codespaces
elif [ -n "${GITPOD_WORKSPACE_ID:-}" ]; then
  fact hosted gitpod
elif [ "${GITHUB_ACTIONS:-}" = true ]; then
  fact hosted github-actions
else
  fact hosted none
fi

fact systemd "$([ -d /run/systemd/system ] && echo yes || echo no)"
# Really tried: may this user start something in a control group of its own?
user_session() {
  has systemd-run && [ -n "${XDG_RUNTIME_DIR:-}" ] && limited 5 systemd-run --user --scope -q true
}
fact user_session "$(yes_or_no user_session)"

fact shell "bash-${BASH_VERSION%%(*}"
# The shell of a login: bash looks it up where the variable is not set.
login_shell=${SHELL:-}
login_shell=${login_shell##*/}
case $login_shell in
  bash | zsh | fish | dash | sh | ash | ksh | mksh | tcsh | csh | nu | pwsh | nologin | false) ;;
  '') login_shell=none ;;
  *) login_shell=other ;;
esac
fact login_shell "$login_shell"
case $locale in
  *[!A-Za-z0-9_.@-]*) locale=other ;;
esac
fact locale "$locale"

# ---------------------------------------------------------------------------
step user
if [ "$UID" -ne 0 ]; then
  fact uid_class user
elif in_userns; then
  fact uid_class root-of-userns
else
  fact uid_class root
fi
fact userns "$(in_userns && echo yes || echo no)"

status_of() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status | head -n 1; }
effective=$(status_of CapEff)
# capability BIT: the bits are those of include/uapi/linux/capability.h
capability() { [ "$(((16#${effective:-0} >> $1) & 1))" -eq 1 ]; }
fact cap_sys_resource "$(yes_or_no capability 24)"
fact cap_sys_admin "$(yes_or_no capability 21)"
fact cap_sys_ptrace "$(yes_or_no capability 19)"
fact no_new_privs "$([ "$(status_of NoNewPrivs)" = 1 ] && echo yes || echo no)"
case $(status_of Seccomp) in
  0) fact seccomp off ;;
  1) fact seccomp strict ;;
  2) fact seccomp filter ;;
  *) fact seccomp unknown ;;
esac

# Really tried, in a subshell that takes the change with it.
hard_raise() { (ulimit -n 32 && ulimit -Hn 40); }
fact hard_raise "$([ "$(yes_or_no hard_raise)" = yes ] && echo allowed || echo refused)"

# Really tried as well; the namespace ends with "true".
if ! has unshare; then
  fact userns_allowed unknown
elif limited 2 unshare -Ur true >/dev/null 2>&1; then
  fact userns_allowed yes
else
  fact userns_allowed no
fi
# What on this machine is known to refuse it.
if [ "$(first_line /proc/sys/kernel/apparmor_restrict_unprivileged_userns)" = 1 ]; then
  fact userns_brake apparmor
elif [ "$(first_line /proc/sys/kernel/unprivileged_userns_clone)" = 0 ]; then
  fact userns_brake sysctl
elif [ "$(first_line /proc/sys/user/max_user_namespaces)" = 0 ]; then
  fact userns_brake limit
else
  fact userns_brake none
fi

# ---------------------------------------------------------------------------
step limits
# Soft and hard limit of each kind; sizes in bytes. The columns of the file have fixed widths.
while IFS= read -r line; do
  case ${line:0:25} in
    'Max cpu time'*) name=cpu ;;
    'Max file size'*) name=fsize ;;
    'Max data size'*) name=data ;;
    'Max stack size'*) name=stack ;;
    'Max core file size'*) name=core ;;
    'Max resident set'*) name=rss ;;
    'Max processes'*) name=nproc ;;
    'Max open files'*) name=nofile ;;
    'Max locked memory'*) name=memlock ;;
    'Max address space'*) name=as ;;
    'Max file locks'*) name=locks ;;
    'Max pending signals'*) name=sigpending ;;
    'Max msgqueue size'*) name=msgqueue ;;
    'Max nice priority'*) name='nice' ;;
    'Max realtime priority'*) name=rtprio ;;
    'Max realtime timeout'*) name=rttime ;;
    *) continue ;;
  esac
  read -r soft hard _ <<<"${line:26}"
  fact "limit_$name" "$soft:$hard"
done </proc/self/limits
fact pid1_nofile "$(awk '/^Max open files/ { print $4 ":" $5 }' /proc/1/limits 2>/dev/null)"

# ---------------------------------------------------------------------------
step control-group
fact cgroup "$(cgroup_version)"
# group_folder CONTROLLER: where this process's control group of v1 or v2 is
group_folder() {
  sed -n "s/^[0-9]*:\([^:]*,\)*$1\(,[^:]*\)*:\(.*\)/\/sys\/fs\/cgroup\/$1\3/p
    s/^0::\(.*\)/\/sys\/fs\/cgroup\1/p" /proc/self/cgroup 2>/dev/null | head -n 1
}
# values CONTROLLER FILE...: what these files say, in this group and in those above it
values() {
  local file group
  group=$(group_folder "$1")
  group=${group%/}
  shift
  while [ "${#group}" -ge 14 ]; do
    for file; do [ ! -r "$group/$file" ] || cat "$group/$file"; done
    group=${group%/*}
  done 2>/dev/null
}
# smallest: the smallest of these numbers decides. v1 writes "no limit" as a number near 2^63.
smallest() {
  awk '/^[0-9.]+$/ && $1 < 1125899906842624 && (least == "" || $1 + 0 < least + 0) { least = $1 }
    END { print least }'
}
memory_bytes=$(values memory memory.max memory.limit_in_bytes | smallest)
fact cgroup_memory_mb "${memory_bytes:+$((memory_bytes / 1048576))}"
fact cgroup_pids "$(values pids pids.max | smallest)"
# A quota and its period; v2 has both in one file.
cpu_quotas() {
  values cpu cpu.max
  values cpu cpu.cfs_quota_us cpu.cfs_period_us | paste -d ' ' - -
}
in_cpus() { awk '$1 ~ /^[0-9]+$/ && $2 > 0 { printf "%.2f\n", $1 / $2 }'; }
fact cgroup_cpus "$(cpu_quotas | in_cpus | smallest)"

# ---------------------------------------------------------------------------
step machine
fact memory_total_mb "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
fact swap_total_mb "$(awk '/^SwapTotal/ { print int($2 / 1024) }' /proc/meminfo)"
fact cpus "$(nproc 2>/dev/null)"
fact cpus_online "$(getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c '^processor' /proc/cpuinfo)"
fact file_max "$(first_line /proc/sys/fs/file-max)"
fact nr_open "$(first_line /proc/sys/fs/nr_open)"
fact pid_max "$(first_line /proc/sys/kernel/pid_max)"
fact threads_max "$(first_line /proc/sys/kernel/threads-max)"
fact overcommit "$(first_line /proc/sys/vm/overcommit_memory)"
pattern=$(first_line /proc/sys/kernel/core_pattern)
case $pattern in
  '|'*systemd-coredump*) fact core_pattern pipe-to-systemd ;;
  '|'*apport*) fact core_pattern pipe-to-apport ;;
  '|'*) fact core_pattern pipe ;;
  */*) fact core_pattern folder ;;
  '') fact core_pattern none ;;
  *) fact core_pattern here ;;
esac

# ---------------------------------------------------------------------------
step node
node=none
heap=''
parallelism=''
usable=no
if has node && has timeout; then
  read -r node heap parallelism <<<"$(timeout 10 node -p '
    const os = require("os");
    const heap = require("v8").getHeapStatistics().heap_size_limit;
    const cpus = os.availableParallelism ? os.availableParallelism() : "none";
    [process.version, Math.round(heap / 1048576), cpus].join(" ")' 2>/dev/null)"
  major=${node#v}
  major=${major%%.*}
  case $major in
    '' | *[!0-9]*)
      node=$(timeout 10 node --version 2>&1 |
        sed -n 's/.*loading shared libraries: \([^:]*\):.*/needs-\1/p')
      node=${node:-broken}
      ;;
    *) [ "$major" -lt 18 ] || usable=yes ;;
  esac
fi
fact node "$node"
fact node_usable "$usable"
fact node_heap_mb "$heap"
fact node_parallelism "$parallelism"
fact node_options "$node_options"

# ---------------------------------------------------------------------------
step tools
for tool in perl python3 prlimit setpriv unshare busybox shellcheck; do
  fact "$tool" "$(yes_or_no has "$tool")"
done
echo '== end probe'
