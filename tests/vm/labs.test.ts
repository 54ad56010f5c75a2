/** Every lab that is marked for it runs on the machine of the browser, each in a fresh one, and does what its expected.txt says. */
import { expect, it } from 'vitest';
import { browserLabs, runInGuest } from '../../linux-vm/labs.ts';
import { judge, matchExpectation, parseExpectation } from '../../src/checker/index.ts';
import { hasSolution, readLab, skipReason } from '../../tools/labs.ts';
import { image, notHere } from './image.ts';

const labs = browserLabs();

it('finds labs', () => {
  expect(labs.length).toBeGreaterThan(9);
});

it.for(labs)('$id does what is expected', async (lab, { skip }) => {
  if (notHere) skip(notHere);
  const { output, code } = await runInGuest(await image(), lab);
  const { ok, rows } = matchExpectation(parseExpectation(readLab(lab.id).expected), output);
  const wrong = rows.filter(({ kind }) => kind !== 'same' && kind !== 'any');
  expect({ ok, code, wrong }, output).toEqual({ ok: true, code: 0, wrong: [] });
  // Something has to be seen there: a lab whose steps are all skipped is not for this machine.
  const steps = judge(output, readLab(lab.id)).steps.map(({ status }) => status);
  expect(steps).toContain('passed');
});

const solved = labs.filter(({ id }) => hasSolution(id));
it.for(solved)('the solution of $id solves its task, or says why not', async (lab, { skip }) => {
  if (notHere) skip(notHere);
  const { output, code } = await runInGuest(await image(), lab, { solution: true });
  expect(code, output).toBe(0);
  if (skipReason(output)) expect(output.trim().split('\n')).toHaveLength(1);
});
