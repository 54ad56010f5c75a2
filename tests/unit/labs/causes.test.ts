/** Every known cause has a transcript in which it is found. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { judge } from '../../../src/checker/index.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';
import { labIds, labsFolder, readLab } from '../../../tools/labs.ts';

const fixtures = fileURLToPath(new URL('../../runnable/labs/fixtures', import.meta.url));
const output = (file: string) => parseRecording(readFileSync(file, 'utf8')).runs[0]?.output ?? '';

/** Transcripts of runs in which the cause was really there: lab.cause.environment.txt. */
const real = readdirSync(fixtures).map((file) => {
  const [lab = '', cause = ''] = file.split('.');
  return { file, lab, cause, text: output(join(fixtures, file)) };
});

const recorded = (lab: string) => output(join(labsFolder, lab, 'recorded', 'debian-12-user.txt'));

/** Where no machine at hand has the cause: a real run, with the lines changed that the script would print there. */
const derived = [
  {
    lab: 'emfile',
    cause: 'privileged',
    text: recorded('emfile')
      .replace(
        '| open files: cannot modify limit: Operation not permitted\nhard_raise=refused\n',
        'hard_raise=allowed\n',
      )
      .replace(
        'ok 10 - raising-hard-is-refused',
        'ok 10 - raising-hard-is-refused # SKIP this user may raise hard limits',
      ),
  },
  {
    lab: 'oom',
    cause: 'wsl-without-systemd',
    text: recorded('oom').replace('wsl=no', 'wsl=yes').replace('in_container=yes', 'in_container=no'),
  },
  { lab: 'oom', cause: 'no-user-session', text: recorded('oom').replace('in_container=yes', 'in_container=no') },
  {
    lab: 'oom',
    cause: 'worker-not-stopped',
    text: recorded('oom')
      .replace('worker_error=ERR_WORKER_OUT_OF_MEMORY\nworker_exit=1', 'worker_exit=0')
      .replace(
        'worker_stopped=yes\nok 12 - worker-is-stopped',
        'worker_stopped=no\nok 12 - worker-is-stopped # SKIP V8 did not stop this worker',
      ),
  },
];

describe.each([...real, ...derived])('$cause in $lab', ({ lab, cause, text }) => {
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
  expect([...new Set([...real, ...derived].map(({ cause }) => cause))].sort()).toEqual([...known].sort());
});

it('finds no cause in a run that passed', () => {
  for (const id of labIds().filter((id) => id !== 'oom'))
    expect(judge(recorded(id), readLab(id)).causes, id).toEqual([]);
});
