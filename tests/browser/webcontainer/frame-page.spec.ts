import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contractSpec } from '../../contract/runtime-contract.ts';
import { deployedBuild } from '../support/static-site.ts';
import { expect, test } from './fixtures.ts';

test.describe('the page of the disposable frame, as it is deployed', () => {
  test('is isolated, and embedding it loads the client but contacts no other host', async ({ open, site, context }) => {
    const others: string[] = [];
    context.on('request', (request) => {
      if (!request.url().startsWith(site.origin)) others.push(request.url());
    });
    const page = await open();
    const isolated = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = '/runtime/webcontainer/';
          frame.addEventListener('webcontainer-client', () => resolve(frame.contentWindow?.crossOriginIsolated));
          document.body.append(frame);
        }),
    );
    expect(isolated).toBe(true);
    expect(others).toEqual([]);
  });

  test('is loaded by a run, and by nothing before it', async ({ open, site, context, host }) => {
    const loaded: string[] = [];
    context.on('request', (request) => loaded.push(request.url()));
    const page = await open();
    expect(await page.evaluate(() => harness.availability())).toBe('ok');
    await page.waitForLoadState('networkidle');
    expect(loaded.filter((url) => url.includes('/runtime/') || url.startsWith(host.origin))).toEqual([]);
    await page.evaluate((spec) => harness.run(spec), contractSpec('exit-7'));
    expect(loaded).toContain(`${site.origin}/runtime/webcontainer/`);
    expect(host.visits.map((query) => [query.get('coep'), query.get('version')])).toEqual([['require-corp', '1.6.4']]);
  });

  test('stays out of the sitemap and of every index', async () => {
    const html = await readFile(join(deployedBuild, 'runtime/webcontainer/index.html'), 'utf8');
    expect(html).toContain('<meta name="robots" content="noindex">');
    expect(html).toContain('data-pagefind-ignore="all"');
    expect(await readFile(join(deployedBuild, 'sitemap-0.xml'), 'utf8')).not.toContain('/runtime/');
  });

  test('has no way to be pointed at another host', async () => {
    // The client reads the name; the build may never write it.
    for (const name of await readdir(join(deployedBuild, '_astro'))) {
      if (!name.endsWith('.js')) continue;
      const code = await readFile(join(deployedBuild, '_astro', name), 'utf8');
      expect(code, name).not.toMatch(/WEBCONTAINER_API_IFRAME_URL\s*[=:](?!=)/);
    }
  });
});
