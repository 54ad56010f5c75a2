/** Every page of the built site, whole: names and landmarks that are right in each pane alone may repeat on a page that has several. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { deployedBuild } from './support/static-site.ts';
import { expect, test as siteTest } from './support/test.ts';

/** One browser page for all of a worker's tests: each only opens an address, and a new window for each would take longer than that. */
const test = siteTest.extend<object, { tab: Page }>({
  tab: [
    async ({ browser, site }, use) => {
      const context = await browser.newContext({ baseURL: site.origin });
      await use(await context.newPage());
      await context.close();
    },
    { scope: 'worker' },
  ],
});

const sitemap = readFileSync(`${deployedBuild}sitemap-0.xml`, 'utf8');
const pages = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => new URL(address ?? '').pathname);

test('the sitemap names pages in both languages', () => {
  expect(pages).toContain('/');
  expect(pages).toContain('/en/');
});

// Half of the combinations: colours do not depend on the width, nor the width on colours.
for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 360],
] as const)
  test.describe(`${colorScheme}, ${width} px`, () => {
    for (const path of [...pages, '/404.html'])
      test(`axe finds nothing on ${path}, and the page is not wider than the window`, async ({ tab: page }) => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await page.goto(path);
        // Expressive Code lets the keyboard scroll a wide block once the page is idle.
        await expect
          .poll(() =>
            page.evaluate(() =>
              [...document.querySelectorAll('.expressive-code pre:not(.wrap)')].some(
                (block) =>
                  block.scrollWidth > block.clientWidth && !block.hasAttribute('tabindex') && block.checkVisibility(),
              ),
            ),
          )
          .toBe(false);
        // No page has a frame before Run is pressed; axe would not look into one of another origin.
        await expect(page.locator('iframe')).toHaveCount(0);
        const { violations } = await new AxeBuilder({ page })
          // In one go: otherwise it opens a page of its own to join the results of frames.
          .setLegacyMode(true)
          // Starlight's search button is called "Search"; the keys drawn in it are in aria-keyshortcuts, not in its name.
          .disableRules('label-content-name-mismatch')
          .analyze();
        const found = violations.flatMap(({ id, nodes }) =>
          nodes
            .map(({ html }) => html)
            // Expressive Code makes a block that scrolls a region without a name. Without one it is no landmark, whatever axe counts.
            .filter((html) => id !== 'landmark-unique' || !/^<pre [^>]*role="region"/.test(html))
            .map((html) => `${id}: ${html}`),
        );
        expect(found).toEqual([]);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wider).toBeLessThanOrEqual(0);
      });
  });
