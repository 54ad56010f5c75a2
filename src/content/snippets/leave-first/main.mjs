// Five parents start the same child, each with other options. Who leaves first?
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const seconds = 3; // how long each child lives
const ways = {
  'no option': `start({})`,
  detached: `start({ detached: true })`,
  unref: `start({}).unref()`,
  'ignore + unref': `start({ stdio: 'ignore' }).unref()`,
  'all three': `start({ detached: true, stdio: 'ignore' }).unref()`,
}; // TRY: a sixth one with stdio: 'inherit' and unref

/** Runs one parent; true when it ended long before its child could. */
async function leavesFirst(way) {
  const code = `
    const { spawn } = require('node:child_process');
    const start = (options) => spawn('sleep', ['${seconds}'], options);
    ${way};
    console.log('started');
  `;
  const stdio = ['ignore', 'pipe', 'inherit'];
  const parent = spawn(process.execPath, ['-e', code], { stdio });
  await once(parent.stdout, 'data');
  const started = performance.now();
  await once(parent, 'exit');
  return performance.now() - started < (seconds * 1000) / 2;
}

const names = Object.keys(ways);
const left = await Promise.all(Object.values(ways).map(leavesFirst));
for (const [at, name] of names.entries()) {
  const seen = left[at] ? 'leaves' : 'stays until the child ends';
  console.log(`${name.padEnd(15)} ${seen}`);
}
