/** The helpers that every lab has, by themselves. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
