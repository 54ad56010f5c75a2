import { describe, expect, it } from 'vitest';
import {
  adopter,
  exit,
  figure,
  fork,
  kill,
  type Process,
  type Table,
  wait,
} from '../../../src/figures/process-tree.ts';

const tableOf = (...processes: Process[]): Table => new Map(processes.map((process) => [process.pid, process]));
const init: Process = { pid: 1, ppid: 0, name: 'init' };
const reaper: Process = { pid: 10, ppid: 1, name: 'reaper', subreaper: true };
const shell: Process = { pid: 20, ppid: 10, name: 'shell' };
const table = tableOf(init, reaper, shell);
const pids = (at: Table) => [...at.keys()];

describe('a process that ended', () => {
  const ended = exit(fork(table, 20, 30), 30, { code: 7 });

  it('keeps its number, its parent and its exit code', () => {
    expect(ended.get(30)).toMatchObject({ ppid: 20, ended: { code: 7 } });
    expect(() => fork(ended, 20, 30)).toThrow('taken');
  });

  it('is not changed by SIGKILL, which reports no error', () => {
    expect(kill(ended, 30)).toEqual(ended);
  });

  it('can do nothing any more', () => {
    expect(() => exit(ended, 30, { code: 0 })).toThrow('has ended');
    expect(() => fork(ended, 30, 31)).toThrow('has ended');
    expect(() => wait(ended, 30)).toThrow('has ended');
  });

  it('goes when its parent waits, who learns how it ended; then the number is free', () => {
    const { table: after, collected } = wait(ended, 20);
    expect(collected).toMatchObject([{ pid: 30, ended: { code: 7 } }]);
    expect(pids(after)).toEqual([1, 10, 20]);
    expect(pids(fork(after, 20, 30))).toContain(30);
    expect(() => kill(after, 30)).toThrow('ESRCH');
  });

  it('is not collected by anybody else, not even by an ancestor', () => {
    expect(wait(ended, 10).collected).toEqual([]);
    expect(wait(ended, 1).collected).toEqual([]);
  });

  it('is never there when its parent ignores SIGCHLD', () => {
    const careless = tableOf(init, { ...shell, ppid: 1, ignoresChildren: true });
    const after = exit(fork(careless, 20, 30), 30, { code: 7 });
    expect(pids(after)).toEqual([1, 20]);
    expect(() => wait(after, 20)).toThrow('ECHILD');
  });
});

describe('a child whose parent ended', () => {
  const family = exit(fork(fork(table, 20, 30, 'zombie'), 20, 31, 'orphan'), 30, { code: 0 });

  it('goes to the nearest living subreaper, whether it lives or not', () => {
    const after = exit(family, 20, { code: 1 });
    expect([after.get(30)?.ppid, after.get(31)?.ppid]).toEqual([10, 10]);
    expect(after.get(31)).not.toHaveProperty('ended');
  });

  it('goes to PID 1 when there is no subreaper, or only one that has ended', () => {
    expect(adopter(tableOf(init, { ...shell, ppid: 1 }), 20)).toBe(1);
    expect(adopter(tableOf(init, { ...reaper, ended: { code: 0 } }, shell), 20)).toBe(1);
    const after = exit(exit(family, 20, { code: 1 }), 10, { code: 0 });
    expect([after.get(20)?.ppid, after.get(30)?.ppid, after.get(31)?.ppid]).toEqual([1, 1, 1]);
  });

  it('is not adopted by a subreaper that is no ancestor', () => {
    const beside = tableOf(init, reaper, { ...shell, ppid: 1 });
    expect(exit(fork(beside, 20, 30), 20, { code: 0 }).get(30)?.ppid).toBe(1);
  });

  it('stays a zombie until the adopter waits: adoption alone collects nothing', () => {
    const after = exit(family, 20, { code: 1 });
    expect(after.has(30)).toBe(true);
    const { table: clean, collected } = wait(after, 10);
    expect(collected.map(({ pid }) => pid).sort()).toEqual([20, 30]);
    expect(pids(clean)).toEqual([1, 10, 31]);
  });
});

it('ends a living process with SIGKILL, and refuses what no table can do', () => {
  expect(kill(table, 20).get(20)?.ended).toEqual({ signal: 'SIGKILL' });
  expect(() => wait(table, 20)).toThrow('ECHILD');
  expect(() => fork(table, 99, 100)).toThrow('ESRCH');
  expect(() => exit(table, 1, { code: 0 })).toThrow('everything');
});

describe('the figure', () => {
  const tables = figure.states.map((state) => state.table);

  it('shows a kill that changes nothing', () => {
    const at = figure.states.findIndex(({ call }) => call.startsWith('kill'));
    expect(tables[at]).toEqual(tables[at - 1]);
    expect(tables[at]?.get(813)?.ended).toBeDefined();
  });

  it('frees a number only by wait', () => {
    for (const [at, { table: now, before, call }] of figure.states.entries())
      if (now.size < before.size) expect(call, `step ${at}`).toContain('wait()');
    expect(tables.at(-1)?.get(815)).toEqual({ pid: 815, ppid: 1, name: 'report' });
  });
});
