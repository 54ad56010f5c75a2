#!/usr/bin/env bash
# A service still writes into a log that somebody deleted. Free the space, and let the service live.
folder=$(mktemp -d)
(
  exec 3>>"$folder/service.log"
  head -c 5000000 /dev/zero >&3
  rm "$folder/service.log" # somebody cleaned up by hand
  exec sleep 20
) &
service=$!
trap 'kill "$service"; rm -r "$folder"' EXIT
for _ in {1..50}; do grep -qs sleep "/proc/$service/comm" || sleep 0.1; done # until it is sleep

for file in "/proc/$service/fd"/*; do
  [[ $(readlink "$file") == *'(deleted)' ]] && held=$file
done
echo "number ${held##*/} leads to a deleted file of $(stat -L -c '%s bytes, %b blocks' "$held")"
: >"$held" # empties it through the number, since the name is gone
echo "now it has $(stat -L -c '%s bytes, %b blocks' "$held")"
kill -0 "$service" && [ "$(stat -L -c %b "$held")" -eq 0 ] && echo 'the service is still running'
