/** The lab's small linter in awk and the page's linter say the same of the same files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lintLimitsConf } from '../../../src/checker/index.ts';
import { labsFolder } from '../../../tools/labs.ts';

const folder = join(labsFolder, 'limitsconf');
const script = readFileSync(join(folder, 'lab.sh'), 'utf8');
const recorded = readFileSync(join(folder, 'recorded', 'debian-12-user.txt'), 'utf8');

it.each([
  ['lecture', 'lecture-sample'],
  ['traps', 'more-traps'],
  ['repaired', 'repaired'],
])('agrees on which lines of %s.conf are live', (name, step) => {
  const conf = script.split(`"$work/${name}.conf" <<'CONF'\n`)[1]?.split('\nCONF\n')[0] ?? '';
  const live = lintLimitsConf(conf).flatMap(({ line, code }) => (code === 'rule' ? [line] : []));
  const ofStep = recorded.split(`-- step ${step}\n`)[1]?.split('\n-- step ')[0] ?? '';
  const printed = [...ofStep.matchAll(/^\| (\d+) rule/gm)].map(([, line]) => Number(line));
  expect(live.length).toBeGreaterThan(1);
  expect(printed).toEqual(live);
});
