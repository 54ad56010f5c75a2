/** No page is wider than a small phone. One browser page looks at all of them: what is asked is where boxes end, not what they do. */
import { readFileSync } from 'node:fs';
import { findOverflow } from '../../tools/overflow.ts';
import { deployedBuild } from './support/static-site.ts';
import { expect, test } from './support/test.ts';

const sitemap = readFileSync(`${deployedBuild}sitemap-0.xml`, 'utf8');
const paths = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => new URL(address ?? '').pathname);

test.use({ viewport: { width: 360, height: 800 } });

for (const [language, own] of [
  ['ko', paths.filter((path) => !path.startsWith('/en/'))],
  ['en', paths.filter((path) => path.startsWith('/en/'))],
] as const)
  test(`nothing sticks out at 360 px (${language})`, async ({ page }) => {
    test.setTimeout(10_000 + own.length * 3000);
    expect(own.length).toBeGreaterThan(10);
    const found: string[] = [];
    for (const path of own) {
      await page.goto(path, { waitUntil: 'load' });
      for (const { element, by } of await page.evaluate(findOverflow)) found.push(`${path}: ${element} by ${by} px`);
    }
    expect(found).toEqual([]);
  });

test('the search for what sticks out finds it, and leaves alone what scrolls by itself', async ({ page }) => {
  await page.setContent(`
    <div style="overflow-x: auto"><p style="width: 900px">scrolls</p></div>
    <p id="wide" style="width: 500px; margin: 0">too wide</p>
    <p style="width: 500px; visibility: hidden">not seen</p>`);
  const found = await page.evaluate(findOverflow);
  expect(found.map(({ element }) => element)).toEqual(['p#wide "too wide"']);
  expect(found[0]?.by).toBeGreaterThan(100);
});
