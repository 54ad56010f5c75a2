#!/usr/bin/env bash
# Six workers, two permits: a semaphore out of two lock files.
set -u
if ! command -v flock >/dev/null; then
  echo 'SKIP flock not found'
  exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

worker() {
  exec 8>>"$work/permit.1" 9>>"$work/permit.2"
  until flock -n 8 || flock -n 9; do sleep 0.02; done # whichever is free
  echo "$1" >"$work/inside.$1"
  inside=("$work"/inside.*)
  echo "${#inside[@]}" >>"$work/seen" # how many are in here with me?
  sleep 0.2
  rm "$work/inside.$1"
} # the worker ends, both files are closed, its permit is free

for number in {1..6}; do worker "$number" & done
wait
echo "workers done: $(grep -c . "$work/seen")"
echo "most at the same time: $(sort -n "$work/seen" | tail -n 1)"
[ "$(sort -n "$work/seen" | tail -n 1) $(grep -c . "$work/seen")" = '2 6' ]
