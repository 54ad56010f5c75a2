#!/usr/bin/env bash
# Finds the holder of a deleted log without lsof, and frees the space while the holder goes on writing.
work=$(mktemp -d) || exit
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
if ! find "$work" -lname x 2>/dev/null; then
  echo 'SKIP this find does not know -lname'
  exit 0
fi
mkfifo "$work/ask" "$work/answer"
( # the service: writes a line to its log whenever it is asked
  exec 7>>"$work/app.log"
  head -c 5000000 /dev/zero >&7
  rm "$work/app.log"
  while read -r line; do echo "$line" >&7 && echo written; done <"$work/ask" >"$work/answer"
) &
exec 8>"$work/ask" 9<"$work/answer"
echo first >&8 && read -r _ <&9
holder=$(find /proc/[0-9]*/fd -lname "$work/app.log (deleted)" 2>/dev/null | head -n 1)
echo "found descriptor ${holder##*/}: $(stat -L -c '%s bytes, %h names' "$holder")"
: >"$holder"
echo "emptied: $(stat -L -c '%s bytes' "$holder")"
echo second >&8 && read -r _ <&9
echo "the service went on: $(cat "$holder")"
[ "$(cat "$holder")" = second ]
