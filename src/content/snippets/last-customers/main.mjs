// Two ways to close a server. Who is still let in, and who never leaves?
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const noticeMs = 100; // until the balancer stops sending here. TRY: 900
const host = '127.0.0.1';
async function deploy({ waitMs, hangUp }) {
  let stopping = false;
  const server = http.createServer(async (_request, response) => {
    await sleep(100);
    if (stopping && hangUp) response.setHeader('Connection', 'close');
    response.end('order saved');
  });
  process.once('SIGTERM', () => {
    stopping = true; // a readiness check would fail from here on
    setTimeout(() => server.close(), waitMs);
  });
  await new Promise((done) => server.listen(0, host, done));
  const { port } = server.address();
  const order = (agent) =>
    new Promise((resolve) => {
      const request = http.get({ host, port, agent }, (answer) =>
        answer.resume().on('end', () => resolve(answer.statusCode)),
      );
      request.on('error', (error) => resolve(error.code));
    });
  const pool = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const inside = order(pool);
  await sleep(20);
  process.emit('SIGTERM'); // no real signal: one process is all there is
  const newcomer = await sleep(noticeMs).then(() => order(false));
  await sleep(waitMs + 200);
  let after = 0;
  for (let i = 0; i < 10; i++) if ((await order(pool)) === 200) after++;
  pool.destroy();
  return `inside=${await inside} newcomer=${newcomer} after=${after} of 10`;
}

console.log('close at once:', await deploy({ waitMs: 0, hangUp: false }));
console.log('wait, hang up:', await deploy({ waitMs: 500, hangUp: true }));
