// The server's only thread is busy. Who picks up when clients call?
import net from 'node:net';
import { Worker } from 'node:worker_threads';

const clients = `
const net = require('node:net');
const { port, connected } = require('node:worker_threads').workerData;
for (let i = 0; i < 8; i++) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => Atomics.add(connected, 0, 1));
  socket.resume();
}`;

const connected = new Int32Array(new SharedArrayBuffer(4)); // for both
let accepted = 0;
const report = (when) =>
  console.log(`${when}: connected=${connected[0]} accepted=${accepted}`);

const backlog = 3; // TRY: 20
const server = net.createServer((socket) => {
  accepted++;
  socket.end();
});

server.listen({ port: 0, host: '127.0.0.1', backlog }, () => {
  const workerData = { port: server.address().port, connected };
  const worker = new Worker(clients, { eval: true, workerData });
  worker.on('online', () => {
    const until = performance.now() + 1000;
    while (performance.now() < until); // nobody picks up for a second
    report('server busy');
    setTimeout(() => {
      report('server free');
      server.close();
      worker.terminate();
    }, 4000);
  });
});
