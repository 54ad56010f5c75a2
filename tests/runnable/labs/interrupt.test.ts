/** A lab that is stopped half-way leaves nothing behind: no process, no file, no changed limit. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { user } from '../../../tools/lab-environments.ts';
import { labsForHere, Sandbox, startLab } from '../../../tools/labs.ts';
import { nodeVersions } from '../../../tools/node-versions.ts';
import { Before, marked, until } from './left-behind.ts';

const box = new Sandbox();
afterAll(() => box.dispose());
const node = nodeVersions().find(({ major }) => major === 24)?.path ?? process.execPath;

const points = [
  // What runs at that moment; how many processes are there at least; whom the signal reaches.
  { id: 'server-out-of-fds', step: 'hundred-clients', processes: 3, signal: 'SIGINT', code: 130, whole: true },
  { id: 'emfile', step: 'sockets-are-descriptors', processes: 3, signal: 'SIGTERM', code: 143, whole: false },
  { id: 'other-limits', step: 'cpu-time', processes: 4, signal: 'SIGINT', code: 130, whole: true },
  { id: 'nice', step: 'one-is-nice', processes: 3, signal: 'SIGTERM', code: 143, whole: false },
  { id: 'oom', step: 'more-room', processes: 2, signal: 'SIGHUP', code: 129, whole: false },
  { id: 'nproc', step: 'node-spawn', processes: 2, signal: 'SIGINT', code: 130, whole: false },
  { id: 'flock', step: 'with-lock', processes: 4, signal: 'SIGINT', code: 130, whole: true },
  { id: 'orphan-zombie', step: 'terminal-closes', processes: 4, signal: 'SIGTERM', code: 143, whole: false },
  { id: 'shutdown', step: 'process-1', processes: 4, signal: 'SIGHUP', code: 129, whole: false },
] as const;

it.for(points)('$id, stopped by $signal at "$step", leaves nothing behind', async (point, { skip }) => {
  if (process.platform !== 'linux') skip('the labs need Linux');
  const { id, step, processes, signal, code, whole } = point;
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const mark = `${id}-${process.pid}-${Date.now()}`;
  const lab = startLab(box, id, user, { node, mark });
  await until(`step ${step}`, () => lab.output().includes(`-- step ${step}\n`));
  await until(`${processes} processes`, () => marked(mark).length >= processes || lab.process.exitCode !== null);
  expect(lab.process.exitCode, `the lab was over before it could be stopped\n${lab.output()}`).toBeNull();

  const pid = lab.process.pid ?? 0;
  process.kill(whole ? -pid : pid, signal);
  const stopped = Date.now();
  const result = await lab.done;
  // At once, and not when the programs in it have reached their own time limit.
  expect(Date.now() - stopped).toBeLessThan(10_000);

  expect(result.code).toBe(code);
  expect(result.output).not.toContain('== end');
  await until('all processes to end', () => marked(mark).length === 0);
  expect(readdirSync(box.temporary)).toEqual([]);
  expect(readFileSync('/proc/self/limits', 'utf8')).toBe(limits);
});

it.for(['SIGINT', 'SIGHUP'] as const)(
  'an impatient %s, sent again and again, leaves nothing behind',
  async (signal, { skip }) => {
    if (process.platform !== 'linux') skip('the labs need Linux');
    for (let round = 0; round < 20; round++) {
      const mark = `impatient-${round}-${process.pid}-${signal}`;
      // One that is left behind in one round is not counted again in the next, nor when the test is run a second time.
      const temporary = box.temporaryFolder(mark);
      const lab = startLab(box, 'limitsconf', user, { node, mark, temporary });
      await until('the first step', () => lab.process.exitCode !== null || lab.output().includes('-- step '));
      await pause(round * 2);
      // To the whole group, as a terminal does: it reaches the "rm" of the cleaning, too.
      const again = setInterval(() => {
        try {
          if (lab.process.exitCode === null) process.kill(-(lab.process.pid ?? 0), signal);
        } catch {
          // It has just ended.
        }
      }, 1);
      const { code, output } = await lab.done;
      clearInterval(again);
      await until('all processes to end', () => marked(mark).length === 0);
      const left = readdirSync(temporary, { recursive: true });
      expect(left, `round ${round} ended with ${code}:\n${output}`).toEqual([]);
    }
  },
);

const interruptions = [
  // Ctrl-C reaches all that runs in the terminal; the others are for the lab alone.
  { signal: 'SIGINT', code: 130, whole: true },
  { signal: 'SIGTERM', code: 143, whole: false },
  { signal: 'SIGHUP', code: 129, whole: false },
] as const;

it('would notice a process and a file', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the labs need Linux');
  const before = new Before();
  const mark = `noticed-${process.pid}`;
  const temporary = box.temporaryFolder(mark);
  writeFileSync(join(temporary, 'forgotten'), '');
  const sleeper = spawn('sleep', ['60'], { env: { ...process.env, LAB_MARK: mark } });
  try {
    await until('the process', () => marked(mark).length === 1);
    expect(before.left(mark, temporary)).toEqual(['process sleep 60 ', 'file forgotten']);
  } finally {
    sleeper.kill();
  }
});

/** Side by side: how long a lab takes does not matter here, and a busy machine is the harder one. */
describe.concurrent('interrupted anywhere', () => {
  const before = new Before();

  it.for(labsForHere().map((id, at) => ({ id, at })))(
    '$id leaves nothing behind, by itself or at 20, 50 and 80 % of its time',
    { timeout: 240_000 },
    async ({ id, at }, { skip, expect }) => {
      if (process.platform !== 'linux') skip('the labs need Linux');
      const run = (name: string) => {
        const mark = `${id}-${name}-${process.pid}`;
        const temporary = box.temporaryFolder(mark);
        const lab = startLab(box, id, user, { node, mark, temporary });
        return { ...lab, clean: () => before.nothingLeft(mark, temporary) };
      };
      const whole = run('whole');
      let { durationMs } = await whole.done;
      await whole.clean();

      for (const [turn, share] of [0.2, 0.5, 0.8].entries()) {
        // Another signal at the same point for the next lab.
        const { signal, code, whole: toAll } = interruptions[(at + turn) % 3] ?? interruptions[0];
        let reached = false;
        for (let attempt = 0; attempt < 8 && !reached; attempt++) {
          const lab = run(`${turn}-${attempt}`);
          await Promise.race([pause(durationMs * share), lab.done]);
          const pid = lab.process.pid ?? 0;
          const isOver = lab.process.exitCode !== null || lab.process.signalCode !== null;
          if (!isOver) process.kill(toAll ? -pid : pid, signal);
          const signalled = Date.now();
          const result = await lab.done;
          await lab.clean();
          // Over before the signal, or just then: it takes less time now than it did.
          reached = !isOver && !result.output.includes('\n== end ');
          if (!reached) durationMs = Math.min(durationMs * 0.9, result.durationMs);
          else {
            expect(result.code, `${signal} at ${share}\n${result.output}`).toBe(code);
            // At once, and not when the programs in it have reached their own time limit.
            expect(Date.now() - signalled, `${signal} at ${share}\n${result.output}`).toBeLessThan(10_000);
          }
        }
        expect(reached, `${id} was always over before ${signal} at ${share}`).toBe(true);
      }
    },
  );
});
