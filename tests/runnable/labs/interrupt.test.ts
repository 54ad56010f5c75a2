/** A lab that is stopped half-way leaves nothing behind: no process, no file, no changed limit. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { user } from '../../../tools/lab-environments.ts';
import { Sandbox, startLab } from '../../../tools/labs.ts';
import { nodeVersions } from '../../../tools/node-versions.ts';

const box = new Sandbox();
afterAll(() => box.dispose());
const node = nodeVersions().find(({ major }) => major === 24)?.path ?? process.execPath;

/** Processes that inherited this mark in their environment. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(join('/proc', pid, 'environ'), 'utf8').includes(`LAB_MARK=${mark}`);
    } catch {
      return false;
    }
  });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited 20 s for ${what}`);
    await pause(20);
  }
}

const points = [
  // What runs at that moment; how many processes are there at least; whom the signal reaches.
  { id: 'server-out-of-fds', step: 'hundred-clients', processes: 3, signal: 'SIGINT', code: 130, whole: true },
  { id: 'emfile', step: 'sockets-are-descriptors', processes: 3, signal: 'SIGTERM', code: 143, whole: false },
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
      const lab = startLab(box, 'limitsconf', user, { node, mark });
      await until('the first step', () => lab.output().includes('-- step '));
      await pause(round * 2);
      // To the whole group, as a terminal does: it reaches the "rm" of the cleaning, too.
      const again = setInterval(() => {
        try {
          if (lab.process.exitCode === null) process.kill(-(lab.process.pid ?? 0), signal);
        } catch {
          // It has just ended.
        }
      }, 1);
      await lab.done;
      clearInterval(again);
      await until('all processes to end', () => marked(mark).length === 0);
      expect(readdirSync(box.temporary)).toEqual([]);
    }
  },
);

it('leaves nothing behind when it ends by itself', async ({ skip }) => {
  if (process.platform !== 'linux') skip('the labs need Linux');
  const mark = `whole-${process.pid}`;
  await startLab(box, 'server-out-of-fds', user, { node, mark }).done;
  await until('all processes to end', () => marked(mark).length === 0);
  expect(readdirSync(box.temporary)).toEqual([]);
});
