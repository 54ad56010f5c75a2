#!/usr/bin/env bash
# Tells a leak from a cache that fills up, by VmRSS alone: only growth after the warm-up counts.
work=$(mktemp -d) || exit
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
mkfifo "$work/in" "$work/out"
serve() { # one line is one request; keeps 500 bytes of at most $1 requests
  local -a kept=()
  for ((n = 1; ; n++)); do
    read -r _ || return
    if [ "$1" -gt 0 ]; then printf -v "kept[n % $1]" '%500s' "$n"; fi
    if [ $((n % 5000)) -eq 0 ]; then echo "answered $n, kept ${#kept[@]}"; fi
  done
}
for bound in 1000000 0 5000; do
  serve "$bound" <"$work/in" >"$work/out" &
  exec 8>"$work/in" 9<"$work/out"
  rss=()
  for _ in 1 2 3; do
    seq 5000 >&8 && read -r _ <&9 # a round, and its end
    rss+=("$(awk '/^VmRSS/ { print $2 }' "/proc/$!/status")")
  done
  exec 8>&- 9<&-
  wait # or it would still read what is meant for the next one
  verdict='no leak'
  [ $((rss[2] - rss[1])) -le 1000 ] || verdict=leak
  echo "keeps at most $bound: VmRSS ${rss[*]} kB: $verdict"
  verdicts+="$verdict, "
done
[ "$verdicts" = 'leak, no leak, no leak, ' ]
