// 300 ms of work, five ways. How late is a timer that is due every 10 ms?
import * as timers from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

function calculate(ms) {
  const end = Date.now() + ms;
  while (Date.now() < end);
}

const inThread = (code) =>
  new Promise((ended) => new Worker(code, { eval: true }).on('exit', ended));

const ways = {
  idle() {},
  one_piece: () => calculate(300),
  async_function: async () => calculate(300),
  async slices() {
    for (let done = 0; done < 300; done += 5) {
      calculate(5); // TRY: 50 in both lines
      await timers.setImmediate();
    }
  },
  worker: () => inThread(`${calculate} calculate(300)`),
};

for (const [name, work] of Object.entries(ways)) {
  let last = Date.now();
  let late = 0;
  const timer = setInterval(() => {
    late = Math.max(late, Date.now() - last - 10);
    last = Date.now();
  }, 10);
  await work();
  await timers.setTimeout(100);
  clearInterval(timer);
  console.log(`${name}_late_ms=${late}`);
}
