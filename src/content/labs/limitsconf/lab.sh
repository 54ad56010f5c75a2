#!/usr/bin/env bash
# @lab limitsconf
# @user any
# @needs linux bash>=4.1 awk
# @cost memory=5MB processes=3 files=0 time=1s
# @cleanup automatic
# @usage bash limitsconf.sh [FILE...]
#
# Says of every line of a limits.conf what pam_limits does with it: of the lecture's file, of a repaired one, and of
# the files on this machine (or those that you name). It only reads.
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

begin limitsconf

# The rules are those of pam_limits.c in Linux-PAM: everything behind "#" is a comment; then domain, type, item, value.
cat >"$work/lint.awk" <<'AWK'
BEGIN {
  split("core data fsize memlock nofile rss stack cpu nproc as locks sigpending msgqueue nice rtprio priority maxlogins maxsyslogins nonewprivs chroot", names)
  for (i in names) known[names[i]] = 1
}

function say(verdict, why) {
  printf "| %d %s%s: %s\n", FNR, verdict, (why == "" ? "" : " (" why ")"), shown
  seen[verdict]++
}

# Why a rule that is carried out may still not do what its author meant.
function remark(domain, item, value) {
  if (item == "rss") return "no effect since Linux 2.4.30"
  if (item == "chroot") return "known to Debian only"
  if (item == "as") return "Node and the JVM reserve far more than they use"
  if (item == "nofile" && (value == "unlimited" || value == "infinity" || value == "-1")) return "nofile ends at fs.nr_open"
  if (domain == "*") return "everyone; on Debian not root"
  return ""
}

{
  shown = $0
  gsub(/[^ -~\t]/, "?", shown) # a carriage return would spoil the line
  gsub(/\t/, " ", shown)
  rule = $0
  sub(/#.*/, "", rule)
  words = split(rule, word, /[ \t\r]+/)
  first = (word[1] == "" ? 2 : 1) # leading blanks make an empty first word
  if (words > 0 && word[words] == "") words--
  words -= first - 1
  if (words <= 0) { seen["comment"]++; next }
  domain = word[first]
  type = tolower(word[first + 1])
  item = tolower(word[first + 2])
  value = tolower(word[first + 3])

  if (words == 2 && substr(type, 1, 1) == "-") { say("rule", "no limits for this one") }
  else if (words < 4) { say("skipped", "needs domain, type, item and value") }
  else if (domain ~ /^(\/\*+|\/\/|\*+\/|;|--|\*\*+|\/)/) { say("nobody", "a rule for a user of this name; only # starts a comment") }
  else if (!(item in known)) { say("skipped", "unknown item") }
  else if (type != "soft" && type != "hard" && type != "-" && item !~ /^(maxlogins|maxsyslogins|nonewprivs)$/) { say("skipped", "unknown type") }
  else if (item != "chroot" && value !~ /^[-+]?[0-9]/ && value !~ /^(unlimited|infinity|-)$/) { say("skipped", "not a number") }
  else { say("rule", remark(domain, item, value)) }
}

END {
  printf "%s_rules=%d\n%s_skipped=%d\n%s_nobody=%d\n", name, seen["rule"], name, seen["skipped"], name, seen["nobody"]
}
AWK

# lint NAME FILE
lint() {
  awk -v name="$1" -f "$work/lint.awk" "$2" >"$work/out"
  cat "$work/out"
}

# ---------------------------------------------------------------------------
step lecture-sample
cat >"$work/lecture.conf" <<'CONF'
/* soft core 0
#root hard core 100000
/* hard rss 10000
#@student hard nproc 20
#@faculty soft nproc 20
#@faculty hard nproc 50
#ftp hard nproc 0
#ftp - chroot /ftp
#@student - maxlogins 4
* hard nofile 1000000
* soft nofile 1000000
root hard nofile 1000000
root soft nofile 1000000

# End of file
CONF
lint lecture "$work/lecture.conf"
check two-lines-are-for-nobody "$(value lecture_nobody)" -eq 2
check four-rules-are-live "$(value lecture_rules)" -eq 4

# ---------------------------------------------------------------------------
step more-traps
cat >"$work/traps.conf" <<'CONF'
/*
 * raise the limits
 * soft nofile 100
 */
app soft nofiles 4096
app soft nofile many
app hard nofile
App soft NOFILE 4096
app - nofile unlimited
app soft nproc 200 # a comment may follow
CONF
lint traps "$work/traps.conf"
check comment-body-is-a-live-rule "$(grep -c '^| 3 rule' "$work/out")" -eq 1
check six-lines-are-skipped "$(value traps_skipped)" -eq 6

# ---------------------------------------------------------------------------
step repaired
cat >"$work/repaired.conf" <<'CONF'
# Photo server: 600 uploads at once at the most (measured), twice that for safety.
app  soft  nofile  1200
app  hard  nofile  4096
CONF
lint repaired "$work/repaired.conf"
check repaired-has-no-dead-line "$(($(value repaired_skipped) + $(value repaired_nobody)))" -eq 0

# ---------------------------------------------------------------------------
step your-files
if [ "$#" -eq 0 ]; then
  set -- /etc/security/limits.conf /etc/security/limits.d/*.conf
fi
files=0
for file in "$@"; do
  [ -r "$file" ] || continue
  files=$((files + 1))
  fact "file$files" "$file"
  lint "file$files" "$file"
done
fact files_read "$files"
if [ "$files" -eq 0 ]; then
  skip 'no limits.conf here' own-files-were-read
else
  check own-files-were-read "$files" -ge 1
fi

# ---------------------------------------------------------------------------
step who-reads-them
# Only a session that passes through one of these asks pam_limits. A systemd service or a container does not.
services=$(grep -ls '^[^#]*pam_limits' /etc/pam.d/* 2>/dev/null | sed 's/.*\///' | sort | tr '\n' ',')
fact pam_limits_in "${services%,}"
if [ -z "$services" ]; then
  skip 'no PAM service uses pam_limits here' a-login-asks-pam-limits
else
  check a-login-asks-pam-limits "$(echo "$services" | grep -Ec '(^|,)(login|sshd|su|su-l|system-auth|password-auth|common-session|system-login),')" -eq 1
fi
fact my_nofile "$(ulimit -Sn):$(ulimit -Hn)"
fact pid1_nofile "$(awk '/^Max open files/ { print $4 ":" $5 }' /proc/1/limits 2>/dev/null)"
finish
