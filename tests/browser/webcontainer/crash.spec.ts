import type { Timings } from '../../../src/runtime/webcontainer/timings.ts';
import { contractSpec } from '../../contract/runtime-contract.ts';
import { BareChromium } from '../support/bare-chromium.ts';
import { test as base, expect } from './fixtures.ts';

const quick: Partial<Timings> = { killGrace: 600, ping: 700, silence: 600 };
const exit7 = contractSpec('exit-7');
const worked = { outcome: 'exited', code: 7 };

/** The same pieces as in the other tests, in a browser that lets a frame die without the page. */
const test = base.extend<{ bare: BareChromium }>({
  bare: async ({ host, site }, use) => {
    const browser = await BareChromium.start();
    await browser.open(
      `${site.origin}/harness/`,
      `globalThis.WEBCONTAINER_API_IFRAME_URL = ${JSON.stringify(host.origin)}`,
    );
    await expect.poll(() => browser.evaluate(() => typeof harness)).toBe('object');
    await use(browser);
    await browser.close();
  },
});

test.describe('WebContainer runtime, real client, stand-in host (ours): the process of the host dies, and nothing is signalled', () => {
  test('during a silent run: lost; the next run starts a new container', async ({ host, bare: page }) => {
    await page.evaluate((timings) => harness.fresh(timings), quick);
    await page.evaluate(() => harness.prepare());
    const seen = page.evaluate((spec) => harness.run(spec), contractSpec('endless'));
    await expect.poll(() => host.running).toBe(1);
    await page.crashFrame(host.origin);
    const died = Date.now();
    const { result } = await seen;
    expect(result).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'lost', retry: 'same-page' });
    expect(Date.now() - died).toBeLessThan(10_000);
    expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(host.visits).toHaveLength(2);
  });

  test('before the timeout of a run: lost, rather than a program stopped in time', async ({ host, bare: page }) => {
    await page.evaluate((timings) => harness.fresh(timings), { ...quick, silence: 30_000 });
    await page.evaluate(() => harness.prepare());
    // Long enough for the crash to come before the run's own time is over, also on a busy machine.
    const seen = page.evaluate((spec) => harness.run(spec), contractSpec('endless', { timeoutMs: 15_000 }));
    await expect.poll(() => host.running).toBe(1);
    await page.crashFrame(host.origin);
    expect((await seen).result).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'lost' });
  });

  test('Stop during a run whose host has died still stops', async ({ host, bare: page }) => {
    await page.evaluate((timings) => harness.fresh(timings), { ...quick, silence: 30_000 });
    await page.evaluate(() => harness.prepare());
    const seen = page.evaluate((spec) => harness.run(spec), contractSpec('endless'));
    await expect.poll(() => host.running).toBe(1);
    await page.crashFrame(host.origin);
    await page.evaluate(() => harness.reset());
    expect((await seen).result).toMatchObject({ outcome: 'stopped', by: 'user' });
  });

  test('between two runs: the next run works in a new container', async ({ host, bare: page }) => {
    await page.evaluate((timings) => harness.fresh(timings), quick);
    expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(await page.evaluate(() => harness.ping())).toBe(true);
    await page.crashFrame(host.origin);
    await expect.poll(() => page.evaluate(() => harness.ping())).toBe(false);
    expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(host.visits).toHaveLength(2);
  });
});
