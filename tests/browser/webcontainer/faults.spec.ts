import type { RunSpec } from '../../../src/runtime/contract.ts';
import type { Timings } from '../../../src/runtime/webcontainer/timings.ts';
import { contractSpec } from '../../contract/runtime-contract.ts';
import { noFaults } from '../support/stand-in-host.ts';
import { expect, test } from './fixtures.ts';

/** Short enough for a test, long enough for a busy machine. */
const quick: Partial<Timings> = { bootSlow: 600, boot: 2_500, killGrace: 600, ping: 700, silence: 600 };

const exit7 = contractSpec('exit-7');
const endless = contractSpec('endless');
const worked = { outcome: 'exited', code: 7 };

test.describe('WebContainer runtime, real client, stand-in host (ours): a boot that cannot succeed', () => {
  test('a host that never answers: slow notice, then offline-or-blocked at the deadline', async ({ host, open }) => {
    host.faults = { ...noFaults, answer: 'hang' };
    const page = await open();
    await page.evaluate((timings) => harness.fresh(timings), quick);
    const seen = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(seen.phases).toEqual(['loading-runtime', 'booting', 'boot-slow']);
    expect(seen.result).toMatchObject({
      outcome: 'failed',
      stage: 'boot',
      cause: 'offline-or-blocked',
      retry: 'same-page',
    });
    expect(seen.tookMs).toBeGreaterThan(2_400);
    expect(seen.tookMs).toBeLessThan(6_000);
  });

  test('a page that never says hello fails at the deadline, and "try again" finishes the same boot', async ({
    host,
    open,
  }) => {
    host.faults = { ...noFaults, answer: 'silent' };
    const page = await open();
    await page.evaluate((timings) => harness.fresh(timings), quick);
    const failed = await page.evaluate(() => harness.prepare());
    expect(failed).toMatchObject({ cause: 'offline-or-blocked', retry: 'same-page' });
    const frame = await page.locator('iframe').elementHandle();

    host.faults = noFaults;
    expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(await frame?.evaluate((element) => element.isConnected)).toBe(true);
    expect(host.visits).toHaveLength(2);
  });

  test('a host that answers late: slow notice, then it works', async ({ host, open }) => {
    host.faults = { ...noFaults, helloAfterMs: 1_200 };
    const page = await open();
    await page.evaluate((timings) => harness.fresh(timings), quick);
    const seen = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(seen.phases).toEqual(['loading-runtime', 'booting', 'boot-slow', 'mounting', 'spawning', 'running']);
    expect(seen.result).toMatchObject(worked);
  });

  test('a 404 without the headers of a runtime page: site-not-enabled, at once', async ({ host, open }) => {
    host.faults = { ...noFaults, answer: 'not-found' };
    const page = await open();
    const { result, tookMs } = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(result).toMatchObject({ outcome: 'failed', stage: 'boot', cause: 'site-not-enabled', retry: 'same-page' });
    expect(tookMs).toBeLessThan(8_000);

    host.faults = noFaults;
    expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
  });

  test('a 404 with the headers of a runtime page cannot be told from silence: the deadline ends it', async ({
    host,
    open,
  }) => {
    host.faults = { ...noFaults, answer: 'not-found-embeddable' };
    const page = await open();
    await page.evaluate((timings) => harness.fresh(timings), { ...quick, boot: 5_000 });
    const failed = await page.evaluate(() => harness.prepare());
    expect(failed).toMatchObject({ cause: 'offline-or-blocked', message: 'no container after 5000 ms' });
  });

  test('a host that cannot be reached: offline-or-blocked long before the deadline', async ({ host, open }) => {
    const page = await open();
    await host.stop();
    const { result, tookMs } = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(result).toMatchObject({ outcome: 'failed', stage: 'boot', cause: 'offline-or-blocked' });
    expect(tookMs).toBeLessThan(12_000);
  });

  test('a browser that goes offline is told so without any waiting', async ({ open, context }) => {
    const page = await open();
    await context.setOffline(true);
    expect(await page.evaluate(() => harness.availability())).toBe('offline');
    expect(await page.evaluate(() => harness.prepare())).toMatchObject({ cause: 'offline-or-blocked' });
  });

  test('a content security policy without the host: content-policy, at once', async ({ site, open }) => {
    site.contentSecurityPolicy = "frame-src 'self'";
    const page = await open();
    const { result, tookMs } = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(result).toMatchObject({ outcome: 'failed', stage: 'boot', cause: 'content-policy' });
    expect(tookMs).toBeLessThan(8_000);
  });

  test('a page that is not isolated: refused before anything is loaded', async ({ site, open, host, context }) => {
    await context.route(`${site.origin}/harness/`, async (route) => {
      const response = await route.fetch();
      const { 'cross-origin-embedder-policy': _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    const page = await open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    expect(await page.evaluate(() => harness.availability())).toBe('not-isolated');
    expect(await page.evaluate(() => harness.prepare())).toMatchObject({ cause: 'not-isolated', retry: 'reload' });
    expect(host.visits).toHaveLength(0);
    expect(await page.locator('iframe').count()).toBe(0);
  });

  for (const [name, message, cause] of [
    ['DataCloneError', 'SharedArrayBuffer transfer requires self.crossOriginIsolated.', 'not-isolated'],
    ['Error', 'Failed to register a ServiceWorker: the user denied permission', 'third-party-storage'],
    ['RangeError', 'WebAssembly.instantiate(): Out of memory', 'out-of-memory'],
  ] as const) {
    test(`a boot that is refused with ${name}: ${cause}, and a later try starts clean`, async ({ host, open }) => {
      host.faults = { ...noFaults, buildError: { name, message } };
      const page = await open();
      expect(await page.evaluate(() => harness.prepare())).toMatchObject({ stage: 'boot', cause });
      host.faults = noFaults;
      expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    });
  }

  test('Stop during a boot ends it, and throws the frame away', async ({ host, open }) => {
    host.faults = { ...noFaults, answer: 'hang' };
    const page = await open();
    const seen = page.evaluate((spec) => harness.run(spec, 'never'), exit7);
    await expect.poll(() => host.visits.length).toBe(1);
    await page.evaluate(() => harness.reset());
    expect((await seen).result).toMatchObject({ outcome: 'stopped', by: 'user' });
    expect(await page.locator('iframe').count()).toBe(0);
  });
});

test.describe('WebContainer runtime, real client, stand-in host (ours): a program that does not end well', () => {
  test('an output stream that never closes does not hold up the end', async ({ host, open }) => {
    host.faults = { ...noFaults, outputStaysOpen: true };
    const page = await open();
    await page.evaluate(() => harness.prepare());
    const { output, result, tookMs } = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(result).toMatchObject(worked);
    expect(output).toBe('leaving\n');
    expect(tookMs).toBeLessThan(4_000);
  });

  test('output that arrives after the exit still belongs to the run', async ({ host, open }) => {
    host.faults = { ...noFaults, outputLateMs: 50, outputStaysOpen: true };
    const page = await open();
    const { output, result } = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(output).toBe('leaving\n');
    expect(result).toMatchObject(worked);
  });

  test('a program that ignores kill goes with its container, and the next run works', async ({ host, open }) => {
    host.faults = { ...noFaults, killIgnored: true };
    const page = await open();
    await page.evaluate((timings) => harness.fresh(timings), quick);
    const { result } = await page.evaluate((spec) => harness.run(spec, 'started'), endless);
    expect(result).toMatchObject({ outcome: 'stopped', by: 'user' });
    await expect.poll(() => host.running).toBe(0);
    expect(await page.evaluate(() => harness.ping())).toBe(false);
    expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(host.visits).toHaveLength(2);
  });

  test('a program that ignores kill at its timeout is stopped all the same', async ({ host, open }) => {
    host.faults = { ...noFaults, killIgnored: true };
    const page = await open();
    await page.evaluate((timings) => harness.fresh(timings), quick);
    const spec: RunSpec = { ...endless, timeoutMs: 1_000 };
    const { result } = await page.evaluate((one) => harness.run(one), spec);
    expect(result).toMatchObject({ outcome: 'stopped', by: 'timeout' });
    await expect.poll(() => host.running).toBe(0);
  });

  test('a start that is refused for want of memory: out-of-memory', async ({ host, open }) => {
    host.faults = {
      ...noFaults,
      spawnError: { name: 'RangeError', message: 'WebAssembly.Memory(): could not allocate memory' },
    };
    const page = await open();
    const { result } = await page.evaluate((spec) => harness.run(spec), exit7);
    expect(result).toMatchObject({ outcome: 'failed', stage: 'spawn', cause: 'out-of-memory', retry: 'same-page' });
  });

  test('an error event about memory ends the run as out-of-memory, and the container goes', async ({ host, open }) => {
    host.faults = { ...noFaults, errorEvent: 'Memory limit reached: out-of-memory: RuntimeError: unreachable' };
    const page = await open();
    const { result } = await page.evaluate((spec) => harness.run(spec), endless);
    expect(result).toMatchObject({ outcome: 'failed', stage: 'lost', cause: 'out-of-memory' });
    expect(await page.locator('iframe').count()).toBe(0);
    host.faults = noFaults;
    expect((await page.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
  });

  test('an error event about something else does not end the run', async ({ host, open }) => {
    host.faults = { ...noFaults, errorEvent: 'something internal' };
    const page = await open();
    const { result } = await page.evaluate((spec) => harness.run(spec), { ...endless, timeoutMs: 1_500 });
    expect(result).toMatchObject({ outcome: 'stopped', by: 'timeout' });
  });
});
