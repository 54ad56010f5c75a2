#!/usr/bin/env bash
# Three loops, and a fourth with nice 5, share a core. Predict the share of the fourth, then measure it.
if ! command -v taskset >/dev/null || [ "$(nice 2>/dev/null)" != 0 ]; then
  echo 'SKIP this needs taskset, nice and a shell with the nice value 0'
  exit 0
fi
weight=$(awk 'BEGIN { print 1 / 1.25 ^ 5 }') # each step of nice is a factor of about 1.25
predicted=$(awk -v w="$weight" 'BEGIN { printf "%.0f", 100 * w / (3 + w) }')
echo "predicted: $weight of 3 + $weight is $predicted %"

core=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
loops=()
trap 'kill "${loops[@]}"' EXIT
for value in 0 0 0 5; do
  (ulimit -t 20 && exec nice -n "$value" taskset -c "$core" bash -c 'while :; do :; done') &
  loops+=("$!")
done
cd /proc || exit 1
all=0
for ((i = 0; i < 40 && all < 200; i++)); do # until they had two seconds of CPU time together
  sleep 0.2
  read -r all fourth <<<"$(awk '{ cpu = $14 + $15; all += cpu } END { print all, cpu }' "${loops[@]/%//stat}")"
done
echo "measured: $fourth of $all hundredths of a second is $((100 * fourth / all)) %"
off=$((100 * fourth / all - predicted))
[ "$off" -ge -4 ] && [ "$off" -le 4 ] && echo 'as predicted'
