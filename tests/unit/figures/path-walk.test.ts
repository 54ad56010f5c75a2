import { describe, expect, it } from 'vitest';
import {
  classOf,
  digit,
  figure,
  letters,
  type Part,
  passes,
  pathStates,
  script,
  stoppedAt,
} from '../../../src/figures/path-walk.ts';

const part = (mode: number, more: Partial<Part> = {}): Part => ({
  name: 'x',
  directory: false,
  uid: 1000,
  gid: 50,
  mode,
  ...more,
});
const owner = { uid: 1000, groups: [50] };

describe('the rule of path_resolution(7)', () => {
  it('takes the first class that fits', () => {
    expect(classOf(owner, part(0o046))).toBe('owner');
    expect(classOf({ uid: 1, groups: [7, 50] }, part(0o046))).toBe('group');
    expect(classOf({ uid: 1, groups: [7] }, part(0o046))).toBe('others');
  });

  it('never adds classes up', () => {
    expect(passes(owner, part(0o046))).toBe(false);
    expect(passes({ uid: 1, groups: [50] }, part(0o406))).toBe(false);
    expect(passes({ uid: 1, groups: [] }, part(0o004))).toBe(true);
  });

  it('asks x of a folder and r of a file', () => {
    expect(passes(owner, part(0o400))).toBe(true);
    expect(passes(owner, part(0o400, { directory: true }))).toBe(false);
    expect(passes(owner, part(0o100, { directory: true }))).toBe(true);
  });

  it('reads digits and letters', () => {
    expect((['owner', 'group', 'others'] as const).map((one) => letters(digit(0o754, one)))).toEqual([
      'rwx',
      'r-x',
      'r--',
    ]);
  });
});

describe('the story', () => {
  it('stops at one folder and goes on after one bit', () => {
    expect(pathStates.map(stoppedAt)).toEqual([-1, -1, -1, 2, -1, -1, -1]);
    const [before, after] = [pathStates[3]?.parts[2]?.mode ?? 0, pathStates[4]?.parts[2]?.mode ?? 0];
    expect((before ^ after).toString(8)).toBe('10');
  });

  it('goes through a different class than the owner', () => {
    expect(pathStates[0]?.parts.map((one) => classOf(script, one))).toEqual(['others', 'group', 'group', 'group']);
  });

  it('frames one class for each part that was looked at', () => {
    for (const state of pathStates)
      expect(figure.draw(state, (name) => name).match(/f-marked/g) ?? []).toHaveLength(state.looked);
  });
});
