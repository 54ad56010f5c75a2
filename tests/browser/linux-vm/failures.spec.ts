/** What goes wrong on the way to the machine: each its own sentence, with a way on. */
import { expect, type ImageSite, manifest, test, whyNot, words } from './fixtures.ts';

test.skip(!manifest, whyNot);
test.setTimeout(240_000);

const mend = (site: ImageSite) => {
  site.faults = { missing: false, cutOff: false, corrupt: false, contentSecurityPolicy: null };
};

for (const [fault, sentence] of [
  ['cutOff', words['vm.failed.broken-off']],
  ['corrupt', words['vm.failed.damaged']],
] as const)
  test(`a download with the fault "${fault}" says so, and the next press works`, async ({ lab, site }) => {
    site.faults[fault] = true;
    const it = await lab('emfile');
    await it.press('run');
    await expect(it.failure).toContainText(sentence, { timeout: 120_000 });
    await expect(it.failure.getByRole('link')).toHaveAttribute('href', '#reference-emfile');
    mend(site);
    await it.press('run');
    await expect(it.failure).toBeHidden();
    await expect(it.terminal).toContainText('== lab emfile', { timeout: 120_000 });
  });

test('a part that went bad in the cache is thrown away and downloaded again', async ({ lab, page, site }) => {
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 120_000 });
  await it.press('stop');
  const bad = await page.evaluate(async (name) => {
    const cache = await caches.open('linux-vm');
    const request = (await cache.keys()).find(({ url }) => url.endsWith(name));
    const bytes = new Uint8Array(await ((await cache.match(request ?? '')) ?? new Response()).arrayBuffer());
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await cache.put(request ?? '', new Response(bytes));
    return bytes.length;
  }, manifest?.state.file ?? '');
  expect(bad).toBe(manifest?.state.bytes);
  site.asked = [];
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 120_000 });
  expect(site.asked).toEqual([manifest?.state.file]);
});

test('without an image the button gives way to the line that says how to get it', async ({ lab, site }) => {
  site.faults.missing = true;
  const it = await lab('emfile');
  // Asked for only where a reader comes near.
  await it.pane.scrollIntoViewIfNeeded();
  await expect(it.pane).toContainText('npm run vm:build');
  await expect(it.button('run')).toBeHidden();
});

test('an image that went away while the page was open is said so', async ({ lab, page, site }) => {
  const answer = page.waitForResponse(/manifest\.json$/);
  const it = await lab('emfile');
  await it.pane.scrollIntoViewIfNeeded();
  await (await answer).finished();
  site.faults.missing = true;
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.no-image'], { timeout: 60_000 });
});

test('WebAssembly that is switched off is said so', async ({ lab, page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly'));
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.no-webassembly']);
});

test('a browser without what it takes is told', async ({ lab, page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'DecompressionStream'));
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.unsupported-browser']);
});

test('a device with little memory is warned once, and may try', async ({ lab, page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'deviceMemory', { value: 1 }));
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.too-little-memory']);
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 120_000 });
});

test('a content security policy needs neither eval nor blob', async ({ lab, page, site }) => {
  site.faults.contentSecurityPolicy =
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
  const refused: string[] = [];
  page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && refused.push(message.text()));
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 120_000 });
  expect(refused).toEqual([]);
});

test('a policy that forbids WebAssembly is said so', async ({ lab, site }) => {
  site.faults.contentSecurityPolicy =
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'";
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.no-webassembly'], { timeout: 60_000 });
});

test('without JavaScript there is no button, and script and recordings are there', async ({ browser, site }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site.origin}/en/labs/emfile/`);
  await expect(page.locator('#vm-emfile')).toBeHidden();
  await expect(page.locator('#reference-emfile')).toBeVisible();
  await context.close();
});
