import { expect, it } from 'vitest';
import { libraries, licenceCounts, webAddress } from '../../../src/site/licences.ts';

it.each([
  ['git+https://github.com/a/b.git', 'https://github.com/a/b'],
  ['https://github.com/a/b.git#main', 'https://github.com/a/b#main'],
  ['git+ssh://git@github.com/a/b.git', 'https://github.com/a/b'],
  ['git@github.com:a/b.git', 'https://github.com/a/b'],
  ['git://github.com/a/b', 'https://github.com/a/b'],
  ['github:a/b', 'https://github.com/a/b'],
  ['a/b', 'https://github.com/a/b'],
  ['http://example.org/x', 'https://example.org/x'],
  ['file:../x', undefined],
  [undefined, undefined],
])('the web address of %s is %s', (repository, address) => {
  expect(webAddress(repository)).toBe(address);
});

it('names every dependency with its version, its licence and its home', () => {
  const all = libraries();
  expect(all.length).toBeGreaterThan(10);
  for (const { name, version, licence, home } of all) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+/);
    expect(licence, name).toMatch(/^[A-Za-z0-9.() -]+$/);
    expect(home, name).toMatch(/^https:\/\//);
  }
});

it('knows what runs in a browser from what is imported there', () => {
  const inBrowser = Object.fromEntries(libraries().map((one) => [one.name, one.inBrowser]));
  expect(inBrowser).toMatchObject({ '@codemirror/view': true, '@xterm/xterm': true, v86: true, sirv: false });
});

it('counts packages by licence, the most frequent first', () => {
  const counts = licenceCounts();
  expect(counts[0]?.licence).toBe('MIT');
  expect(counts.map(({ count }) => count)).toEqual(counts.map(({ count }) => count).toSorted((a, b) => b - a));
  expect(counts.every(({ count }) => count > 0)).toBe(true);
});
