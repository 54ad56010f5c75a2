/**
 * Records labs on the Linux machine of the browser: the same snapshot, restored in Node.
 *
 *   npm run record:vm -- emfile nproc      these labs; without a name, all that run there
 *   npm run record:vm -- --solutions       instead: the solutions of those that run nowhere else
 *
 * Only a run that satisfies expected.txt is written.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { matchExpectation, parseExpectation } from '../src/checker/index.ts';
import { type Machine as MachineFacts, transcript } from '../tools/environments/transcript.ts';
import { hasSolution, labsFolder, readLab, skipReason } from '../tools/labs.ts';
import { type BrowserLab, browserLabs, runInGuest } from './labs.ts';
import { type Image, loadImage } from './restore.ts';

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { solutions: { type: 'boolean', default: false } },
});
const labs = browserLabs().filter(({ id }) => asked.length === 0 || asked.includes(id));
for (const id of asked.filter((one) => !labs.some((lab) => lab.id === one)))
  console.error(`${id} does not run in the browser`);

/** What a reader has to know about that machine: it is a PC of 32 bits, and v86 is its processor. */
function facts({ manifest }: Image): MachineFacts {
  const header = {
    os: `Debian GNU/Linux ${manifest.debian} (bookworm), in v86 ${manifest.v86}`,
    kernel: `Linux ${manifest.kernel} i686`,
    memory: `${Math.round(manifest.machine.memory_size / 1024 ** 2)} MiB`,
    cgroup: 'no memory limit (cgroup v2)',
    cpus: '1',
  };
  // Root of the guest has every capability.
  return { header, capabilities: '1ffffffffff' };
}

const environment = 'debian-12-v86';

/** Whether it was written. */
async function record(image: Image, lab: BrowserLab): Promise<boolean> {
  const { id, browser } = lab;
  const made =
    browser.as === 'root' ? 'root of the machine in the browser' : 'the normal user of the machine in the browser';
  const about = { environment, made };
  if (!values.solutions) {
    const run = await runInGuest(image, lab);
    const { ok, rows } = matchExpectation(parseExpectation(readLab(id).expected), run.output);
    if (!ok || run.code !== 0) {
      console.error(`${id} was not written:`);
      console.error(rows.filter(({ kind }) => kind !== 'same' && kind !== 'any'));
      console.error(run.output);
      return false;
    }
    const folder = join(labsFolder, id, 'recorded');
    mkdirSync(folder, { recursive: true });
    const text = transcript({ ...about, command: `bash ${id}.sh` }, run, facts(image));
    writeFileSync(join(folder, `${environment}.txt`), text);
    console.log(`${id}: ${run.durationMs} ms`);
  }
  if (!browser.only || !hasSolution(id)) return true;
  // The solution of a lab that runs nowhere else is shown as it ran here.
  const solved = await runInGuest(image, lab, { solution: true });
  if (solved.code !== 0 || skipReason(solved.output)) {
    console.error(`the solution of ${id} was not written: it ended with ${solved.code}\n${solved.output}`);
    return false;
  }
  const text = transcript({ ...about, command: 'bash solution.sh' }, solved, facts(image));
  writeFileSync(join(labsFolder, id, 'solution.txt'), text);
  return true;
}

const image = await loadImage();
let refused = 0;
for (const lab of labs) {
  const written = await record(image, lab).catch((error: unknown) => console.error(error));
  if (!written) refused++;
}
// v86 leaves timers and a worker behind.
process.exit(refused > 0 ? 1 : 0);
