#!/usr/bin/env bash
# Out of descriptors, a server turns clients away without a word. This one stops a little earlier by itself, and counts them.
set -u
modern='const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major * 100 + minor < 1806 ? 1 : 0)'
if ! timeout 20 node -e "$modern" 2>/dev/null; then
  echo 'SKIP the event "drop" needs Node 18.6 or newer'
  exit 0
fi
echo "node=$(timeout 20 node --version)"
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

cat >"$work/server.js" <<'JS'
const fs = require('node:fs');
const server = require('node:net').createServer((socket) => socket.on('error', () => {}).write('welcome\n'));
let dropped = 0;
server.on('drop', () => dropped++); // one line here, a metric in production
server.listen(0, '127.0.0.1', () => {
  const limit = Number(/Max open files +(\d+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1]);
  const own = fs.readdirSync('/proc/self/fd').length;
  server.maxConnections = limit - own - 8; // room for a log file, a look-up, and the client that is turned away
  console.log(`limit=${limit} own=${own} max_connections=${server.maxConnections}`);
  fs.writeFileSync(process.argv[2], `${server.address().port}\n`);
});
process.on('SIGTERM', () => {
  console.log(`dropped=${dropped}`);
  process.exit();
});
JS
(ulimit -n 64 && exec timeout 20 node "$work/server.js" "$work/port") >"$work/log" &
for _ in {1..100}; do [ -s "$work/port" ] && break || sleep 0.1; done

# A hundred clients at once: all connect, then each waits for its greeting, or for the end of the connection.
port=$(cat "$work/port")
clients=()
for _ in {1..100}; do exec {client}<>"/dev/tcp/127.0.0.1/$port" && clients+=("$client"); done
greeted=0 closed=0
for client in "${clients[@]}"; do
  if read -r -t 5 -u "$client" _ 2>/dev/null; then greeted=$((greeted + 1)); else closed=$((closed + 1)); fi
done
kill "$!" && wait "$!"
cat "$work/log"
echo "greeted=$greeted closed=$closed"
[ "$closed" -gt 0 ] && [ "$(sed -n 's/dropped=//p' "$work/log")" = "$closed" ]
