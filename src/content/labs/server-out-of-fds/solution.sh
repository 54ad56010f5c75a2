#!/usr/bin/env bash
# Out of descriptors, a server turns clients away without a word. This one stops a little earlier by itself, and counts them.
set -u
modern='const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major * 100 + minor < 1806 ? 1 : 0)'
timeout 20 node -e "$modern" 2>/dev/null || {
  echo 'SKIP the event "drop" needs Node 18.6 or newer'
  exit 0
}
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
  fs.writeFileSync(process.argv[2], `${server.address().port}`);
});
process.on('SIGTERM', () => process.exit(console.log(`dropped=${dropped}`)));
JS
cat >"$work/clients.js" <<'JS'
let [greeted, closed] = [0, 0];
const settle = () => greeted + closed === 100 && process.exit(console.log(`greeted=${greeted}\nclosed=${closed}`));
for (let i = 0; i < 100; i++) {
  const socket = require('node:net').connect(process.argv[2], '127.0.0.1').on('error', () => {});
  const left = () => settle(closed++);
  socket.on('close', left).once('data', () => settle(greeted++, socket.off('close', left)));
}
JS
(ulimit -n 64 && exec timeout 20 node "$work/server.js" "$work/port") >"$work/log" &
for _ in {1..100}; do [ -s "$work/port" ] && break || sleep 0.1; done
timeout 20 node "$work/clients.js" "$(cat "$work/port")" >"$work/seen"
kill "$!" && wait "$!"
cat "$work/seen" "$work/log"
[ "$(sed -n 's/dropped=//p' "$work/log")" = "$(sed -n 's/closed=//p' "$work/seen")" ]
