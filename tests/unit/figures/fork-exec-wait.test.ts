import { describe, expect, it } from 'vitest';
import { apply, figure, type Operation, type State } from '../../../src/figures/fork-exec-wait.ts';

const [start] = figure.states;
if (!start) throw new Error('no state');
const run = (...operations: Operation[]): State => operations.reduce(apply, start);
const fork: Operation = { call: 'fork' };
const exec: Operation = { call: 'execve', program: 'node', pages: ['N'] };

describe('a shell and its child', () => {
  it('shares every page after fork, and copies only the one that is written', () => {
    expect(run(fork).child?.pages).toEqual(run(fork).parent.pages);
    const { parent, child } = run(fork, { call: 'touch', page: 'B', copy: 'B′' });
    expect(child?.pages).toEqual(['A', 'B′']);
    expect(parent.pages).toEqual(['A', 'B']);
  });

  it('keeps PID, parent and descriptors through exec, and no page', () => {
    const { parent, child } = run(fork, { call: 'redirect', file: 'out.txt' }, exec);
    expect(child).toMatchObject({ pid: parent.pid + 1, ppid: parent.pid, descriptors: ['tty', 'out.txt', 'tty'] });
    expect(child?.pages.filter((page) => parent.pages.includes(page))).toEqual([]);
    expect(parent.descriptors).toEqual(['tty', 'tty', 'tty']);
  });

  it('leaves a zombie with its exit code, which wait takes away', () => {
    const ended = run(fork, exec, { call: 'exit', code: 7 });
    expect(ended.child).toMatchObject({ letter: 'Z', exitCode: 7, pages: [], descriptors: [] });
    expect(apply(ended, { call: 'wait' }).child).toBeUndefined();
  });

  it('cannot wait for a child that lives, nor exec without one', () => {
    expect(() => run(fork, { call: 'wait' })).toThrow('has not ended');
    expect(() => run(exec)).toThrow('no child');
  });
});
