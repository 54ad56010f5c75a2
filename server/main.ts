/**
 * node server/main.ts [--port 4321] [--folder dist-local]
 *
 * `npm start` comes here, after it has installed and built what was missing.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../tools/start-sentences.mjs';
import { startLocalServer } from './local-server.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4321' }, folder: { type: 'string', default: 'dist-local' } },
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

let stopping = false;
async function stop(): Promise<void> {
  // The terminal sends Ctrl-C to the whole group and the parent passes it on: it may come twice.
  if (stopping) return;
  stopping = true;
  // Whoever presses Ctrl-C gets the terminal back, whatever happens; on Linux a program dies with this process.
  setTimeout(() => process.exit(1), 5_000);
  await server.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
// tools/start.mjs holds the other end; without it there is none and this never comes.
process.on('disconnect', stop);
