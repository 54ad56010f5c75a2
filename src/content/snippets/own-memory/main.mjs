// Three workers count: each in a variable, and all in shared memory.
import { Worker } from 'node:worker_threads';

const rounds = 1000; // TRY: 1_000_000
const plain = { count: 0 };
const shared = new Int32Array(new SharedArrayBuffer(4));

const code = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { plain, shared, rounds } = workerData;
  for (let round = 0; round < rounds; round++) {
    plain.count++;
    Atomics.add(shared, 0, 1); // TRY: shared[0]++
  }
  parentPort.postMessage({ plain: plain.count, pid: process.pid });
`;

function startWorker() {
  return new Promise((resolve, reject) => {
    const workerData = { plain, shared, rounds };
    const worker = new Worker(code, { eval: true, workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

const three = [startWorker(), startWorker(), startWorker()];
for (const { plain: count, pid } of await Promise.all(three)) {
  console.log(`worker: plain=${count} same_pid=${pid === process.pid}`);
}
console.log(`main: plain=${plain.count} shared=${shared[0]}`);
