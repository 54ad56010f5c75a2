// A child ends while the event loop of its parent stands still.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const busyMs = 500; // TRY: 5000, and look with ps meanwhile
const child = spawn('sleep', ['60']);
await once(child, 'spawn');

/** What the kernel says about the child, or undefined when it knows none. */
function look() {
  const file = `/proc/${child.pid}/status`; // Linux; we ask through cat
  const { stdout } = spawnSync('cat', [file], { encoding: 'utf8' });
  if (!stdout) return undefined;
  const [, state] = /^State:\s+(.+)$/m.exec(stdout);
  return { state, memory: stdout.includes('VmRSS') ? 'some' : 'none' };
}

function report(when) {
  const found = look();
  const seen = found ? `${found.state}, memory: ${found.memory}` : 'not there';
  console.log(`${when.padEnd(15)} ${seen}`);
}

/** Keeps the event loop from going on, as a long calculation does. */
function calculate() {
  const end = Date.now() + busyMs;
  while (Date.now() < end);
}

report('it runs');
child.kill('SIGTERM');
calculate();
report('it has ended');
process.kill(child.pid, 'SIGKILL');
calculate();
report('after kill -9');

const [, signal] = await once(child, 'exit'); // the event loop goes on
report('loop goes on');
console.log(`collected: ended by ${signal}`);
