#!/usr/bin/env bash
# workers CPUS QUOTA PERIOD: how many workers to start; the last two as in cpu.max, where "max" is no quota.
workers() {
  local n=$1
  [ "$2" = max ] || n=$(($2 / $3)) # whole CPUs: a worker for the rest would only make all wait
  [ "$n" -le "$1" ] || n=$1        # a large quota adds no CPUs
  [ "$n" -ge 1 ] || n=1
  echo "$n"
}

tried="$(workers 4 max 100000) $(workers 4 250000 100000) $(workers 4 50000 100000) $(workers 4 800000 100000)"
echo "4 CPUs with no quota, 2.5, 0.5 and 8 CPUs of quota: $tried"

# Here: nproc goes by the affinity; then every control group from this one up to the root may have a quota.
n=$(nproc)
group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
while [ "${#group}" -ge 14 ]; do
  if [ -r "$group/cpu.max" ]; then
    read -r quota period <"$group/cpu.max"
    n=$(workers "$n" "$quota" "$period")
  fi
  group=${group%/*}
done
echo "here: $n"
[ "$tried" = '4 2 1 4' ] && [ "$n" -ge 1 ] && [ "$n" -le "$(nproc)" ]
