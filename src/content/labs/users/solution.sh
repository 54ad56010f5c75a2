#!/usr/bin/env bash
# "Permission denied", and the file itself is open to all: walk the path, part by part.
set -u
work=$(mktemp -d) || exit 1
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p room/shelf
echo ok >room/shelf/note
chmod 644 room/shelf/note
chmod 600 room/shelf # the puzzle: what is wrong here?

echo "before: $(cat room/shelf/note 2>&1)"
missing=''
for part in room room/shelf; do # every folder on the way, from the left
  bits=$(stat -c %A "$part")
  echo "$bits $part"
  case $bits in
    d??x*) ;;
    *) missing=$part ;;
  esac
done
echo "x is missing at: $missing"
chmod u+x "$missing" # one bit, for one class, in one place
echo "after: $(cat room/shelf/note 2>&1)"
[ "$missing" = room/shelf ] && [ "$(stat -c %a room/shelf) $(cat room/shelf/note)" = '700 ok' ]
