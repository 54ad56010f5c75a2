// cpu.max is "QUOTA PERIOD": the group may use `quota` ms of CPU time in each
// period of 100 ms, all of its threads together.
const period = 100;

// How long does a request with `work` ms of CPU time take?
function request(work, quota, threads) {
  let now = 0; // the clock, in ms
  let throttled = 0; // periods in which it was stopped
  let line = ''; // one sign for each 10 ms: # runs, . stands still
  for (let left = work; left > 0; ) {
    const used = Math.min(left, quota, threads * period);
    const runs = used / threads; // the threads run side by side
    const signs = Math.ceil(runs / 10);
    left -= used;
    line += '#'.repeat(signs);
    now += runs;
    if (left > 0 && used < threads * period) {
      throttled++;
      line += '.'.repeat(10 - signs);
      now += period - runs; // until the period ends
    }
  }
  return { wall: Math.round(now), throttled, line };
}

const cases = [
  ['no limit, 1 thread', Infinity, 1],
  ['no limit, 4 threads', Infinity, 4],
  ['1 CPU, 1 thread', 100, 1],
  ['half a CPU, 1 thread', 50, 1],
  ['half a CPU, 4 threads', 50, 4], // TRY: 200, the quota of 2 CPUs
];
for (const [name, quota, threads] of cases) {
  const { wall, throttled, line } = request(120, quota, threads);
  console.log(`${name}: 120 ms of work takes ${wall} ms`);
  console.log(`  ${line} throttled in ${throttled} periods`);
}
