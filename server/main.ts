/**
 * node server/main.ts [--port 4321] [--folder dist-local] [--linux]
 *
 * `npm start` comes here, after it has installed and built what was missing. --linux makes the Linux image where there is none.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../tools/start-sentences.mjs';
import { type BackgroundBuild, buildInBackground, imageSituation } from './linux-build.ts';
import { startLocalServer } from './local-server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4321' },
    folder: { type: 'string', default: 'dist-local' },
    linux: { type: 'boolean', default: false },
  },
});
const folder = resolve(import.meta.dirname, '..', values.folder);
const wanted = Number(values.port);
if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535) {
  console.error(say('bad-port', { port: values.port }));
  process.exit(2);
}
if (!existsSync(join(folder, 'index.html'))) {
  console.error(say('not-built', {}));
  process.exit(1);
}

const server = await startLocalServer({ folder, port: wanted }).catch((error: Error) => {
  console.error(say('no-port', { port: wanted, error: error.message }));
  process.exit(1);
});
if (server.port !== wanted) console.log(say('port-taken', { port: wanted }));
console.log(say('ready', { url: `http://localhost:${server.port}/` }));

let build: BackgroundBuild | undefined;
let stopping = false;
async function stop(): Promise<void> {
  // The terminal sends Ctrl-C to the whole group and the parent passes it on: it may come twice.
  if (stopping) return;
  stopping = true;
  // Whoever presses Ctrl-C gets the terminal back, whatever happens; on Linux a program dies with this process.
  setTimeout(() => process.exit(1), 5_000);
  await Promise.all([server.close(), build?.stop()]);
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
// tools/start.mjs holds the other end; without it there is none and this never comes.
process.on('disconnect', stop);

if (values.linux) await makeLinux();

/** The site is there meanwhile, and complete; each outcome is one line. */
async function makeLinux(): Promise<void> {
  const situation = imageSituation();
  if (situation.kind === 'there') return;
  if (situation.kind === 'lacks-program') return console.log(say('linux-lacks-program', { error: situation.reason }));
  if (situation.kind !== 'can-build') return console.log(say(`linux-${situation.kind}`));
  if (stopping) return;
  build = buildInBackground();
  console.log(say('linux-building'));
  const outcome = await build.done;
  if (outcome.ended === 'built') console.log(say('linux-ready', { seconds: outcome.seconds }));
  if (outcome.ended === 'failed') console.log(say('linux-failed', { error: outcome.message }));
}
