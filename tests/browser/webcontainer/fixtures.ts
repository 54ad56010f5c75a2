/** The pieces of these tests: the stand-in host, a site with the built frame page, and a page with the runtime in it. */
import { fileURLToPath } from 'node:url';
import { type BrowserContext, test as base, type Page } from '@playwright/test';
import { bundle } from '../support/bundle.ts';
import { noFaults, StandInHost } from '../support/stand-in-host.ts';
import { deployedBuild, type StaticSite, serveSite } from '../support/static-site.ts';

export { expect } from '@playwright/test';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Site extends StaticSite {
  /** Sent with every page while it is set. */
  contentSecurityPolicy: string | null;
}

export const test = base.extend<
  { host: StandInHost; site: Site; open: () => Promise<Page> },
  { hostScript: string; scripts: Record<string, string> }
>({
  hostScript: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
    async ({}, use) => use(await bundle(here('../support/stand-in-host-page.ts'))),
    { scope: 'worker' },
  ],
  scripts: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) =>
      use({
        harness: await bundle(here('./harness.ts')),
        probe: await bundle(here('../../network/probe-page.ts')),
      }),
    { scope: 'worker' },
  ],
  host: async ({ hostScript }, use) => {
    const host = new StandInHost(hostScript);
    host.faults = noFaults;
    await host.start();
    await use(host);
    await host.stop();
  },
  site: async ({ scripts }, use) => {
    const site: Site = {
      contentSecurityPolicy: null,
      ...(await serveSite(
        deployedBuild,
        (pathname) => {
          // "/harness/" is a page with the script "/harness.js", and so is "/probe/".
          const [, name = '', rest] = /^\/(\w+)(\/|\.js)$/.exec(pathname) ?? [];
          const script = scripts[name];
          if (script === undefined) return undefined;
          return rest === '.js'
            ? { type: 'text/javascript', body: script }
            : { type: 'text/html', body: pageWith(`/${name}.js`) };
        },
        (): Record<string, string> =>
          site.contentSecurityPolicy === null ? {} : { 'Content-Security-Policy': site.contentSecurityPolicy },
      )),
    };
    await use(site);
    await site.close();
  },
  /** Opens a page with the harness, whose runtime finds the stand-in host instead of StackBlitz. */
  open: async ({ context, host, site }, use) => {
    await pointToStandIn(context, host);
    await use(async () => {
      const page = await context.newPage();
      await page.goto(`${site.origin}/harness/`);
      return page;
    });
  },
});

function pageWith(script: string): string {
  return `<!doctype html><title>test page</title><body><script type="module" src="${script}"></script>`;
}

/**
 * The client asks the global of its own frame where its host is. Nothing on the site sets that; this reaches into every frame of the
 * browser's context, which only the one who drives the browser can.
 */
export async function pointToStandIn(context: BrowserContext, host: StandInHost): Promise<void> {
  await context.addInitScript((origin) => {
    Object.assign(globalThis, { WEBCONTAINER_API_IFRAME_URL: origin });
  }, host.origin);
}
