/** Every lab runs here and now, in every environment that this machine can make and on every Node, and does what its expected.txt says. */
import { afterAll, describe, expect, it } from 'vitest';
import { judge, matchExpectation, parseExpectation } from '../../../src/checker/index.ts';
import { noNode, ordinary, refusing, user } from '../../../tools/lab-environments.ts';
import {
  isThrowAway,
  type LabEnvironment,
  type LabRun,
  labIds,
  labsForHere,
  readLab,
  Sandbox,
  skipReason,
  solvedLabs,
  startLab,
} from '../../../tools/labs.ts';
import { type NodeVersion, nodeVersions } from '../../../tools/node-versions.ts';
import { Before } from './left-behind.ts';

const notLinux = process.platform === 'linux' ? undefined : 'the labs need Linux';
const versions = nodeVersions();
const usual: NodeVersion = versions.find(({ major }) => major === 24) ?? { major: 0, path: process.execPath };
const box = new Sandbox();
afterAll(() => box.dispose());

/** Fails with the rows that differ, and the whole output behind them. */
function expectSatisfied(id: string, { output, code }: LabRun): void {
  const { ok, rows } = matchExpectation(parseExpectation(readLab(id).expected), output);
  const wrong = rows.filter(({ kind }) => kind !== 'same' && kind !== 'any');
  expect({ ok, code, wrong }, output).toEqual({ ok: true, code: 0, wrong: [] });
}

interface Run {
  environment: LabEnvironment;
  node: NodeVersion;
}

const unavailable = new Map(ordinary.map((one) => [one, notLinux ?? one.unavailable?.()]));

/**
 * Every environment and every Node version at least once, though not each with each: the usual Node for a normal user, another one in each
 * of the other environments that can be made here, and what is then left for the normal user as well.
 */
const runs: Run[] = (() => {
  const others = versions.filter((version) => version !== usual);
  const inEnvironments = ordinary.map((environment): Run => {
    const takesAnother = environment !== user && environment !== noNode && !unavailable.get(environment);
    return { environment, node: (takesAnother && others.shift()) || usual };
  });
  return [...inEnvironments, ...others.map((node): Run => ({ environment: user, node }))];
})();

describe.each(labsForHere())('%s', (id) => {
  const usesNode = readLab(id).expected.includes('@if node_');
  const own = usesNode ? runs : runs.slice(0, ordinary.length);

  it.for(own)('does what is expected in "$environment.id" on Node $node.major', async (run, { skip }) => {
    const reason = unavailable.get(run.environment);
    if (reason) skip(reason);
    expectSatisfied(id, await startLab(box, id, run.environment, { node: run.node.path, limit: 50 }).done);
  });

  it.for(refusing)('refuses to begin in "$id": $made', async (environment, { skip }) => {
    const reason = notLinux ?? environment.unavailable?.();
    if (reason) skip(reason);
    const { output, code } = await startLab(box, id, environment, { node: usual.path }).done;
    expect({ output, code }).toEqual({ output: `run me with: bash ${id}.sh\n`, code: 3 });
    expect(judge(output, readLab(id))).toMatchObject({ outcome: 'unusable', problem: 'refused' });
  });
});

/** Their own machine is not this one; what they do there is the suite vm's. */
describe.each(labIds().filter(isThrowAway))('%s, which only a throw-away machine survives,', (id) => {
  it.for(ordinary)('does nothing in "$id"', async (environment, { skip }) => {
    const reason = unavailable.get(environment);
    if (reason) skip(reason);
    const before = new Before();
    const mark = `refusing-${id}-${environment.id}-${process.pid}`;
    const temporary = box.temporaryFolder(mark);
    const { output, code } = await startLab(box, id, environment, { node: usual.path, mark, temporary }).done;
    expect({ output, code }).toEqual({ output: expect.stringMatching(/^Bail out! This lab harms [^\n]+\n$/), code: 3 });
    await before.nothingLeft(mark, temporary);
    const verdict = judge(output, readLab(id));
    expect([verdict.outcome, verdict.problem]).toEqual(['unusable', 'refused-elsewhere']);
  });
});

it.for(solvedLabs())('the solution of %s solves its task and leaves nothing behind', async (id, { skip }) => {
  if (notLinux) skip(notLinux);
  const before = new Before();
  const mark = `solution-${id}-${process.pid}`;
  const temporary = box.temporaryFolder(mark);
  const run = startLab(box, id, user, { node: usual.path, mark, temporary, solution: true, limit: 30 });
  const { output, code } = await run.done;
  await before.nothingLeft(mark, temporary);
  expect(code, output).toBe(0);
  const reason = skipReason(output);
  if (reason) skip(`it printed SKIP: ${reason}`);
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
