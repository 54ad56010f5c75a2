/** What goes wrong on the way to the machine: each its own sentence, with a way on. */
import { browserMemoryMB } from '../../../src/components/lab/browser-size.ts';
import { expect, image, type LabPane, skipped, test, whyNot, words } from './fixtures.ts';

test.skip(skipped, whyNot);
test.use({ actionTimeout: 60_000 });
test.setTimeout(360_000);

/** There is a machine again, and the lab runs in it. */
async function runs(it: LabPane): Promise<void> {
  await it.press('run');
  await expect(it.failure).toBeHidden();
  await expect(it.terminal).toContainText(`== lab ${it.id}`, { timeout: 180_000 });
}

for (const [fault, sentence] of [
  ['cutOff', words['vm.failed.broken-off']],
  ['corrupt', words['vm.failed.damaged']],
  ['workerMissing', words['vm.failed.not-loaded']],
] as const)
  test(`a download with the fault "${fault}" says so, and the next press works`, async ({ lab, site }) => {
    site.faults[fault] = true;
    const it = await lab('emfile');
    await it.press('run');
    await expect(it.failure).toContainText(sentence, { timeout: 120_000 });
    await expect(it.failure.getByRole('link')).toHaveAttribute('href', '#reference-emfile');
    await expect(it.pane.locator('[data-part=screen]')).toBeHidden();
    await expect(it.page.locator('#reference-emfile')).toBeVisible();
    site.mend();
    await runs(it);
  });

test('a part that went bad in the cache is thrown away and downloaded again', async ({ lab, page, site }) => {
  const it = await lab('emfile');
  await runs(it);
  await it.press('stop');
  const bad = await page.evaluate(async (name) => {
    const cache = await caches.open('linux-vm');
    const request = (await cache.keys()).find(({ url }) => url.includes(name));
    const kept = (await cache.match(request ?? '')) ?? new Response();
    const bytes = new Uint8Array(await kept.arrayBuffer());
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await cache.put(request ?? '', new Response(bytes, { headers: kept.headers }));
    return bytes.length;
  }, image().state.file);
  expect(bad).toBe(image().state.unpackedBytes);
  site.asked = [];
  await runs(it);
  expect(site.asked).toEqual([image().state.file]);
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
  // One that knows workers, and no option that makes a module of them.
  await page.addInitScript(() => {
    const Real = Worker;
    Object.assign(globalThis, {
      Worker: (address: string) => new Real(address),
    });
  });
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.unsupported-browser']);
});

test('a device with little memory is warned once, and may try', async ({ lab, page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'deviceMemory', { value: 1 }));
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(
    words['vm.failed.too-little-memory'].replace('{{memory}}', `${browserMemoryMB}`),
  );
  expect(page.workers()).toEqual([]);
  await runs(it);
});

test('a content security policy needs neither eval nor blob', async ({ lab, page, site }) => {
  site.faults.contentSecurityPolicy =
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
  const refused: string[] = [];
  page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && refused.push(message.text()));
  await runs(await lab('emfile'));
  expect(refused).toEqual([]);
});

test('a policy that forbids WebAssembly is said so', async ({ lab, site }) => {
  site.faults.contentSecurityPolicy =
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'";
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.no-webassembly'], { timeout: 60_000 });
});

test('a machine that does not answer is switched off with a sentence, and the next press works', async ({
  lab,
  page,
  site,
}) => {
  site.faults.deaf = true;
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.failure).toContainText(words['vm.failed.guest-silent'], { timeout: 180_000 });
  expect(page.workers()).toEqual([]);
  site.mend();
  // The page keeps to the image that it has begun with.
  await page.reload();
  await runs(it);
});

for (const [name, end] of [
  [
    'by an error',
    () => {
      setTimeout(() => {
        throw new Error('as v86 may');
      }, 0);
    },
  ],
  ['without a word', () => globalThis.close()],
] as const)
  test(`a worker that ends ${name} is noticed, and the next press works`, async ({ lab, page }) => {
    const it = await lab('emfile');
    await it.script('while :; do echo goes on; sleep 1; done');
    await it.press('run');
    await expect(it.terminal).toContainText('goes on', { timeout: 180_000 });
    const [worker] = page.workers();
    await worker?.evaluate(end);
    await expect(it.failure).toContainText(words['vm.failed.worker-died'], { timeout: 60_000 });
    // What came before it is not lost.
    await expect(it.transcript).toContainText('goes on');
    await page.reload();
    await runs(it);
  });

test('without JavaScript there is no button, and script and recordings are there', async ({ browser, site }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site.origin}/en/labs/emfile/`);
  await expect(page.locator('#vm-emfile')).toBeHidden();
  await expect(page.locator('#reference-emfile')).toBeVisible();
  await context.close();
});
