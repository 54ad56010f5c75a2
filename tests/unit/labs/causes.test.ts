/** Every known cause has a transcript in which it is found. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { judge } from '../../../src/checker/index.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';
import { derived } from '../../../tools/lab-causes/index.ts';
import { isThrowAway, labIds, labsFolder, readLab } from '../../../tools/labs.ts';

const fixtures = fileURLToPath(new URL('../../runnable/labs/fixtures', import.meta.url));
const output = (file: string) => parseRecording(readFileSync(file, 'utf8')).runs[0]?.output ?? '';

/** Transcripts of runs in which the cause was really there: lab.cause.environment.txt. */
const real = readdirSync(fixtures).map((file) => {
  const [lab = '', cause = ''] = file.split('.');
  return { file, lab, cause, text: output(join(fixtures, file)) };
});

const recorded = (lab: string) =>
  output(join(labsFolder, lab, 'recorded', isThrowAway(lab) ? 'debian-12-v86.txt' : 'debian-12-user.txt'));

/** Where no machine at hand has the cause: a real run, with the lines changed that the script would print there. */
const changed = derived.map(({ lab, cause, changes }) => ({
  lab,
  cause,
  text: changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${lab}, ${cause}: the recording does not have "${from}"`);
    return text.replace(from, to);
  }, recorded(lab)),
}));

/** The machine in the browser is one of the recorded ones. */
const inTheBrowser = ['emfile', 'enfile', 'vm'].map((lab) => ({
  lab,
  cause: 'left-out-in-the-browser',
  text: output(join(labsFolder, lab, 'recorded', 'debian-12-v86.txt')),
}));

describe.each([...real, ...changed, ...inTheBrowser])('$cause in $lab', ({ lab, cause, text }) => {
  const verdict = judge(text, readLab(lab));

  it('is found', () => {
    expect(verdict.causes.map(({ id }) => id)).toContain(cause);
  });

  it('is not taken for a pass', () => {
    expect(verdict.outcome).not.toBe('passed');
  });
});

it('puts the cause of a failure before what was merely skipped', () => {
  const first = (cause: string) => {
    const one = real.find((transcript) => transcript.cause === cause);
    return judge(one?.text ?? '', readLab(one?.lab ?? '')).causes[0]?.id;
  };
  for (const cause of ['kernel-was-first', 'pids-limit-stops-root', 'pids-limit-nearly-used'])
    expect(first(cause)).toBe(cause);
});

it('has a transcript of every cause', () => {
  const files = ['mismatches.yaml', ...labIds().map((id) => join(id, 'mismatches.yaml'))];
  const known = files.flatMap((file): string[] =>
    parse(readFileSync(join(labsFolder, file), 'utf8')).mismatches.map(({ id }: { id: string }) => id),
  );
  expect([...new Set([...real, ...changed, ...inTheBrowser].map(({ cause }) => cause))].sort()).toEqual(
    [...known].sort(),
  );
});

it('advises nobody to install a program on the machine in the browser', () => {
  for (const { lab, text } of inTheBrowser) {
    const [first, ...others] = judge(text, readLab(lab)).causes.map(({ id }) => id);
    expect(first, lab).toBe('left-out-in-the-browser');
    for (const wrong of ['no-node', 'no-error-texts', 'no-python-no-perl']) expect(others, lab).not.toContain(wrong);
  }
});

it('finds no cause in a run that passed', () => {
  for (const id of labIds().filter((id) => !recorded(id).includes(' # SKIP ')))
    expect(judge(recorded(id), readLab(id)).causes, id).toEqual([]);
});
