/** What a client takes from a name, and what the kernel says to it, as the figure shows them. */
import { describe, expect, it } from 'vitest';
import { figure, type Image, type Machine, meet, type Name, pull, start } from '../../../src/figures/one-name.ts';

const amd64: Image = { says: 'linux/amd64', holds: 'linux/amd64' };
const arm64: Image = { says: 'linux/arm64', holds: 'linux/arm64' };
const server: Machine = { who: 'server', platform: 'linux/amd64', emulates: false };
const arm: Machine = { who: 'graviton', platform: 'linux/arm64', emulates: false };
const index = (...images: Image[]): Name => ({ index: true, images });

describe('a client', () => {
  it('takes the entry of its platform from an index, wherever it stands', () => {
    for (const name of [index(amd64, arm64), index(arm64, amd64)]) {
      expect(pull(name, server)).toBe(amd64);
      expect(pull(name, arm)).toBe(arm64);
    }
  });

  it('takes nothing from an index without its platform', () => {
    expect(meet(index(arm64), server)).toMatchObject({ image: undefined, outcome: 'no-match' });
    expect(meet(index(), server).outcome).toBe('no-match');
  });

  it('takes a single image as it is', () => {
    expect(meet({ index: false, images: [arm64] }, server)).toMatchObject({ image: arm64, outcome: 'format' });
  });
});

describe('the kernel', () => {
  it('looks at what is inside, and not at what is written', () => {
    const wrong: Image = { says: 'linux/arm64', holds: 'linux/amd64' };
    expect(start(wrong, arm)).toBe('format');
    expect(start(wrong, server)).toBe('runs');
  });

  it('runs what is for another CPU only with an emulator, which is not used otherwise', () => {
    expect(start(arm64, { ...server, emulates: true })).toBe('emulated');
    expect(start(amd64, { ...server, emulates: true })).toBe('runs');
    expect(start(undefined, { ...server, emulates: true })).toBe('no-match');
  });
});

it('draws each outcome at least once, and the words of an error only where there is one', () => {
  const outcomes = figure.states.map(({ outcome }) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['runs', 'emulated', 'format', 'no-match']));
  for (const state of figure.states) {
    const drawn = figure.draw(state, (name) => name);
    expect(drawn.includes('exec format error')).toBe(state.outcome === 'format');
    expect(drawn.includes('no matching manifest')).toBe(state.outcome === 'no-match');
    expect(drawn.includes('✓')).toBe(state.outcome === 'runs' || state.outcome === 'emulated');
  }
});
