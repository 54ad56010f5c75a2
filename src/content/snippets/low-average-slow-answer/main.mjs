// Once a second, eight requests come at the same moment. Each needs 20 ms of
// CPU time. Four threads answer them, in the order in which they came.
const [requests, work, threads] = [8, 20, 4];
const [period, tick, end] = [100, 5, 10_000]; // ms

function serve(quota) {
  const waiting = [];
  const answers = [];
  const seen = { cpu: 0, periods: 0, throttled: 0 };
  let budget, active, stopped;
  for (let now = 0; now < end; now += tick) {
    if (now % period === 0) [budget, active, stopped] = [quota, false, false];
    for (let i = 0; now % 1000 === 0 && i < requests; i++)
      waiting.push({ came: now, left: work });
    for (const one of waiting.slice(0, threads)) {
      if (!active) seen.periods++;
      active = true;
      if (budget < tick) {
        if (!stopped) seen.throttled++;
        stopped = true;
        continue;
      }
      budget -= tick;
      seen.cpu += tick;
      one.left -= tick;
      if (one.left === 0) answers.push(now + tick - one.came);
    }
    while (waiting[0]?.left === 0) waiting.shift();
  }
  return { ...seen, slowest: Math.max(...answers) };
}

const free = serve(Infinity);
const quota = 50; // half a CPU. TRY: 100, or 200
const held = serve(quota);
const share = Math.round((held.cpu / end) * (period / quota) * 100);
console.log(`average_use_percent_of_the_limit=${share}`);
console.log(`slowest_without_limit_ms=${free.slowest}`);
console.log(`slowest_with_limit_ms=${held.slowest}`);
console.log(`nr_periods=${held.periods} nr_throttled=${held.throttled}`);
