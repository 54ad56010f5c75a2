/** The rules of the loader, as the figure shows them and as the lab `arch` recorded them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apply, dev, figure, load, mac, vm } from '../../../src/figures/addon-journey.ts';

describe('the loader', () => {
  it('runs only what is for its operating system and its CPU', () => {
    expect(load(dev, dev)).toBe('runs');
    expect(load(mac, dev)).toBe('format');
    expect(load(vm, dev)).toBe('cpu');
    expect(load(mac, vm)).toBe('format');
    expect(load(undefined, dev)).toBe('missing');
  });

  it('says what glibc said in the recorded lab', () => {
    const recorded = readFileSync('src/content/labs/arch/recorded/debian-12-user.txt', 'utf8');
    expect(recorded).toContain('mac.node: invalid ELF header');
    expect(recorded).toContain('foreign.node: cannot open shared object file: No such file or directory');
    const drawn = figure.states.map((state) => figure.draw(state, (name) => name)).join('');
    expect(drawn).toContain('✕ invalid ELF header');
    expect(drawn).toContain('✕ No such file');
  });
});

describe('the journey', () => {
  it('sends text with a push, and no addon', () => {
    const pushed = apply({ source: false, addon: undefined, outcome: undefined }, { call: 'push' });
    expect(pushed).toMatchObject({ source: true, addon: undefined, outcome: undefined });
  });

  it('ends with an addon that was installed where it runs', () => {
    expect(figure.states.at(-1)).toMatchObject({ addon: dev, outcome: 'runs' });
  });
});
