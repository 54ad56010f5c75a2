// Four servers get SIGTERM with a request inside. Then the grace period runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const graceMs = 1000; // TRY: 100
const ways = {
  'no handler': '',
  'exits at once': `process.on('SIGTERM', () => process.exit(0));`,
  drains: `process.on('SIGTERM', () => server.close());`,
  'goes on': `process.on('SIGTERM', () => console.log('heard'));`,
};
const program = (handler) => `
  const server = require('node:http').createServer((request, response) =>
    setTimeout(() => response.end('order saved'), 500));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
  ${handler}`;
/** What "docker stop" does: first it asks, and after a while it kills. */
async function stop(server) {
  const patience = setTimeout(() => server.kill('SIGKILL'), graceMs);
  server.kill('SIGTERM');
  const [code, signal] = await once(server, 'exit');
  clearTimeout(patience);
  return code ?? 128 + constants.signals[signal];
}

for (const [name, handler] of Object.entries(ways)) {
  const server = spawn(process.execPath, ['-e', program(handler)]);
  const port = Number(await once(server.stdout, 'data'));
  const client = new Promise((resolve) => {
    const order = http.get({ host: '127.0.0.1', port, agent: false });
    order.on('response', (response) => resolve(response.statusCode));
    order.on('error', (error) => resolve(error.code));
  });
  await sleep(200); // the order is inside now
  const code = await stop(server);
  console.log(`${name.padEnd(13)} client=${await client} exit=${code}`);
}
