/**
 * Records runnables again, on this machine.
 *
 *   npm run record                        all snippets and labs
 *   npm run record -- heap-limit emfile   these
 *   npm run record:labs -- --causes       the transcripts of known causes, for the tests of the explainer
 *   npm run record:vm                     on the machine in the browser, where some labs run that run nowhere else
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { labsForHere } from './labs.ts';
import { snippetsFolder } from './snippets.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const snippets = readdirSync(snippetsFolder);
const labs = labsForHere();
const unknown = positionals.filter((id) => !snippets.includes(id) && !labs.includes(id));
if (unknown.length > 0) {
  console.error(
    `There is no snippet and no lab "${unknown.join('", "')}". There are: ${[...snippets, ...labs].join(', ')}.`,
  );
  process.exit(2);
}

const all = positionals.length === 0;
for (const [tool, ids] of [
  ['tools/record-snippets.ts', snippets],
  ['tools/record-labs.ts', labs],
] as const) {
  const chosen = ids.filter((id) => all || positionals.includes(id));
  if (chosen.length === 0) continue;
  const { status } = spawnSync(process.execPath, [tool, ...chosen], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
