/** The scripts are what their readers are told: clean for shellcheck, formatted by shfmt. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasProgram, labIds, labsFolder } from '../../../tools/labs.ts';

const scripts = labIds()
  .flatMap((id) => [join(labsFolder, id, 'lab.sh'), join(labsFolder, id, 'solution.sh')])
  .filter((file) => existsSync(file));
const tools = [
  { name: 'shellcheck', args: ['--shell=bash', '--severity=warning'] },
  { name: 'shfmt', args: ['-i', '2', '-ci', '-d'] },
];

it.for(tools)('$name finds nothing', ({ name, args }, { skip }) => {
  if (!hasProgram(name)) skip(`${name} is not installed (Debian: apt-get install ${name})`);
  const { stdout, stderr, status } = spawnSync(name, [...args, ...scripts, join(labsFolder, 'prelude.sh')], {
    encoding: 'utf8',
  });
  expect({ found: stdout + stderr, status }).toEqual({ found: '', status: 0 });
});
