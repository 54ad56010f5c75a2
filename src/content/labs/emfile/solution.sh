#!/usr/bin/env bash
# A service needs 5000 descriptors and is started with 1024:4096 (soft:hard). What has to change, and who can change it?
set -u
hard=$(ulimit -Hn)
if [ "$hard" != unlimited ] && [ "$hard" -lt 6000 ]; then
  echo "SKIP the hard limit here is $hard, and a normal user cannot play the one who starts a service with 6000"
  exit 0
fi

# Stands for the service: opens 5000 files, and says how far it came.
service() {
  local limit opened=0 descriptor
  limit="$(ulimit -Sn):$(ulimit -Hn)" # now: at the limit even this would fail
  while [ "$opened" -lt 5000 ] && { exec {descriptor}</dev/null; } 2>/dev/null; do opened=$((opened + 1)); done
  echo "$1: opened $opened of 5000 under $limit, last number $descriptor"
  [ "$opened" -eq 5000 ]
}

(ulimit -Sn 1024 && ulimit -Hn 4096 && service 'as it is started') && exit 1
# All that the service can do for itself: raise its soft limit up to the hard one.
(ulimit -Sn 1024 && ulimit -Hn 4096 && ulimit -Sn 4096 && service 'raises its soft limit') && exit 1
# What must change is what it is started with: the soft limit is enough for the work, the hard one leaves room.
(ulimit -Sn 5200 && ulimit -Hn 6000 && service 'is started with more') || exit 1
echo 'solved: only the one who starts the service can give it more than its hard limit'
