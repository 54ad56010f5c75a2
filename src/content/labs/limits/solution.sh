#!/usr/bin/env bash
# Gives a new shell the soft limits of a process that is already running.
(
  ulimit -Sn 50
  ulimit -Ss 4096
  exec sleep 20
) &
service=$!
trap 'kill "$service"' EXIT
for _ in {1..50}; do grep -qs sleep "/proc/$service/comm" || sleep 0.1; done # until it is sleep

soft_limits() { cut -c 1-46 "/proc/$1/limits"; } # names and soft values; the hard ones stand behind
echo 'this shell (<) and the service (>) before:'
diff <(soft_limits self) <(soft_limits "$service")

( # the new shell
  while read -r flag bytes row; do
    soft=$(sed -n "s/^$row  *\([^ ]*\).*/\1/p" "/proc/$service/limits")
    [ "$soft" = unlimited ] || soft=$((soft / bytes)) # the kernel counts bytes, ulimit blocks of 1024
    ulimit -S "-$flag" "$soft"
  done <<'ROWS'
c 1024 Max core file size
f 1024 Max file size
n 1 Max open files
s 1024 Max stack size
u 1 Max processes
v 1024 Max address space
ROWS
  echo "and after: open files $(ulimit -n), stack $(ulimit -s) KiB"
  diff <(soft_limits self) <(soft_limits "$service") && echo 'no row differs any more'
)
