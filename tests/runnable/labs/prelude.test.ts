/** The helpers that every lab has, by themselves. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { labsFolder } from '../../../tools/labs.ts';

const prelude = readFileSync(join(labsFolder, 'prelude.sh'), 'utf8');

/** Runs a few lines behind the helpers, as a lab does; gives what was printed and what is left in the temporary folder. */
function run(lines: string): { output: string; left: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'prelude-'));
  writeFileSync(join(folder, 'lab.sh'), `${prelude}\n${lines}\n`);
  const environment = { PATH: process.env['PATH'] ?? '', TMPDIR: folder };
  const { stdout } = spawnSync('bash', [join(folder, 'lab.sh')], { encoding: 'utf8', env: environment });
  const left = readdirSync(folder).filter((name) => name !== 'lab.sh');
  rmSync(folder, { recursive: true });
  return { output: stdout.trim(), left };
}

// In the first instant a child is a copy of the shell, with its traps: in half of the tries the child did the cleaning.
it('a child that is ended right after its start takes nothing away', ({ skip }) => {
  if (process.platform !== 'linux') skip('the labs need Linux');
  const child = 'sleep 5 & kill $!; wait $! 2>/dev/null; [ -d "$work" ] && echo there || echo gone';
  const outputs = Array.from({ length: 40 }, () => run(child));
  expect(outputs).toEqual(outputs.map(() => ({ output: 'there', left: [] })));
});

// An mktemp that is ended between making its folder and naming it: one start in 250 left an empty folder.
it('leaves no folder behind, however early it is interrupted', { timeout: 120_000 }, async ({ skip }) => {
  if (process.platform !== 'linux') skip('the labs need Linux');
  const folder = mkdtempSync(join(tmpdir(), 'prelude-'));
  const script = join(folder, 'lab.sh');
  writeFileSync(script, `${prelude}\nsleep 5 & await $!\n`);
  const tries = Array.from({ length: 300 }, (_, at) => at);
  for (const at of tries) {
    const lab = spawn('bash', [script], { detached: true, env: { PATH: process.env['PATH'], TMPDIR: folder } });
    const ended = once(lab, 'exit');
    await sleep((at % 100) / 8); // milliseconds: the folder is made 2 to 10 after the start
    process.kill(-(lab.pid ?? 0), 'SIGINT');
    // bash loses one in a hundred Ctrl-C while it starts a command: a reader presses it again.
    const again = setTimeout(() => process.kill(-(lab.pid ?? 0), 'SIGINT'), 1000);
    await ended;
    clearTimeout(again);
  }
  const left = readdirSync(folder).filter((name) => name !== 'lab.sh');
  rmSync(folder, { recursive: true });
  expect(left).toEqual([]);
});
