#!/usr/bin/env bash
# A container of 400 MiB, with 100 MiB of Buffers in it: which heap flag lets V8 stop first (134), before the kernel does (137)?
set -u
if ! command -v node >/dev/null; then
  echo 'SKIP node not found'
  exit 0
elif [ "$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)" -lt 800 ]; then
  echo 'SKIP less than 800 MiB of memory'
  exit 0
fi
container=400
echo "node=$(timeout 20 node --version)"

# Holds the Buffers, then 1 MiB of arrays after the other, and says what the process took at its peak.
program='
const buffers = [Buffer.alloc(100 << 20, 1)];
for (const kept = []; kept.length < 500; ) {
  kept.push(new Array(131072).fill(0.5)); // numbers of 8 bytes
  require("node:fs").writeSync(1, `${process.resourceUsage().maxRSS >> 10}\n`);
}'
for flag in 300 150 100; do
  peak=$(
    ulimit -c 0
    timeout 20 node --max-old-space-size="$flag" -e "$program" 2>/dev/null
    echo "exit $?"
  ) 2>/dev/null
  code=${peak##*exit }
  peak=$(tail -n 2 <<<"$peak" | head -n 1)
  if [ "$peak" -gt "$container" ]; then
    echo "flag=$flag peak_mb=$peak: over $container, the kernel would have ended it (137)"
  else
    echo "flag=$flag peak_mb=$peak exit=$code: V8 had the last word, with a message"
    [ "$code" -eq 134 ] && exit 0
  fi
done
exit 1
