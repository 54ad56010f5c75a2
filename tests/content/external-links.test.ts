/** The addresses outside of the site, as far as they can be judged without a network; a scheduled job asks the hosts. */
import { expect, it } from 'vitest';
import { collectLinks } from '../../tools/links/collect.ts';
import { offlineProblems } from '../../tools/links/offline.ts';

const links = collectLinks();

it('are found in pages and data files', () => {
  expect(links.length).toBeGreaterThan(100);
  const files = new Set(links.flatMap((link) => link.files));
  for (const kind of ['docs/troubleshooting/', 'docs/en/', 'corrections/', '.yaml', 'README.md'])
    expect(
      [...files].some((file) => file.includes(kind)),
      kind,
    ).toBe(true);
});

it('are https, spelled one way, under one name, at hosts that did not move', () => {
  expect(offlineProblems(links)).toEqual([]);
});
