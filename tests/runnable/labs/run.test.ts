/** Every lab runs here and now, in every environment that this machine can make, and does what its expected.txt says. */
import { afterAll, describe, expect, it } from 'vitest';
import { judge, matchExpectation, parseExpectation } from '../../../src/checker/index.ts';
import { noNode, ordinary, refusing, user } from '../../../tools/lab-environments.ts';
import { type LabRun, labIds, readLab, Sandbox, startLab } from '../../../tools/labs.ts';
import { nodeVersions } from '../../../tools/node-versions.ts';

const notLinux = process.platform === 'linux' ? undefined : 'the labs need Linux';
const versions = nodeVersions();
const usual = versions.find(({ major }) => major === 24)?.path ?? process.execPath;
const box = new Sandbox();
afterAll(() => box.dispose());

/** Fails with the rows that differ, and the whole output behind them. */
function expectSatisfied(id: string, { output, code }: LabRun): void {
  const { ok, rows } = matchExpectation(parseExpectation(readLab(id).expected), output);
  const wrong = rows.filter(({ kind }) => kind !== 'same' && kind !== 'any');
  expect({ ok, code, wrong }, output).toEqual({ ok: true, code: 0, wrong: [] });
}

describe.each(labIds())('%s', (id) => {
  it.for(ordinary)('does what is expected in "$id": $made', async (environment, { skip }) => {
    const reason = notLinux ?? environment.unavailable?.();
    if (reason) skip(reason);
    expectSatisfied(id, await startLab(box, id, environment, { node: usual }).done);
  });

  it.for(refusing)('refuses to begin in "$id": $made', async (environment, { skip }) => {
    const reason = notLinux ?? environment.unavailable?.();
    if (reason) skip(reason);
    const { output, code } = await startLab(box, id, environment, { node: usual }).done;
    expect({ output, code }).toEqual({ output: `run me with: bash ${id}.sh\n`, code: 3 });
    expect(judge(output, readLab(id))).toMatchObject({ outcome: 'unusable', problem: 'refused' });
  });

  const others = readLab(id).expected.includes('@if node_') ? versions.filter(({ path }) => path !== usual) : [];
  it.for(others)('does what is expected on Node $major', async ({ path }, { skip }) => {
    if (notLinux) skip(notLinux);
    expectSatisfied(id, await startLab(box, id, user, { node: path }).done);
  });
});

it('has every Node version to run on', ({ skip }) => {
  if (notLinux) skip(notLinux);
  if (versions.length === 0) skip('tools/node-versions is not installed: npm ci --prefix tools/node-versions');
  expect(versions.map(({ major }) => major)).toEqual([20, 22, 24, 26]);
});

it('would notice: the Node steps are skipped, not passed, where there is no Node', async ({ skip }) => {
  if (notLinux) skip(notLinux);
  const { output } = await startLab(box, 'emfile', noNode).done;
  expect(judge(output, readLab('emfile')).outcome).toBe('partial');
});
