/** Playwright's `test` for pages of the site: `page.goto('/en/')` goes to the deployed build, served with the site's headers. */
import { test as base } from '@playwright/test';
import { deployedBuild, type StaticSite, serveSite } from './static-site.ts';

export { expect } from '@playwright/test';

export const test = base.extend<object, { site: StaticSite }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
    async ({}, use) => {
      const site = await serveSite(deployedBuild);
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ site }, use) => use(site.origin),
});
