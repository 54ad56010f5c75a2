#!/usr/bin/env bash
# Three files set the open files of "app", a member of the group "web". Which line wins, as pam_limits reads them?
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo '* soft nofile 4096' >"$work/10-base.conf"
echo 'app soft nofile 1024' >"$work/50-app.conf"
printf '@web soft nofile 32768\n* soft nofile 65536\n' >"$work/90-urgent.conf"

# The more exact name wins, wherever it stands: the user, then a group, then *. Of equals, the one read last wins.
winner() {
  awk -v user="$1" -v group="$2" '
    { sub(/#.*/, "") }
    NF < 4 || ($2 != "soft" && $2 != "-") || $3 != "nofile" { next }
    { rank = ($1 == user) ? 3 : ($1 == group) ? 2 : ($1 == "*") ? 1 : 0 }
    rank > 0 && rank >= best { best = rank; file = FILENAME; sub(/.*\//, "", file); won = $4 " (" file ", line " FNR ")" }
    END { print won }' "$work"/*.conf
}

echo "app gets $(winner app @web)"
echo "everyone else gets $(winner other @users)"
echo '-- repaired: the line that wins is changed, and the one that reached everyone is gone'
rm "$work/90-urgent.conf"
echo 'app soft nofile 32768' >"$work/50-app.conf"
echo "app gets $(winner app @web)"
echo "everyone else gets $(winner other @users)"
[ "$(winner app @web)/$(winner other @users)" = '32768 (50-app.conf, line 1)/4096 (10-base.conf, line 1)' ]
