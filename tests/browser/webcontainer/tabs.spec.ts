import { contractSpec } from '../../contract/runtime-contract.ts';
import { expect, test } from './fixtures.ts';

const exit7 = contractSpec('exit-7');
const endless = contractSpec('endless');
const worked = { outcome: 'exited', code: 7 };

test.describe('WebContainer runtime in two tabs, real client, stand-in host (ours)', () => {
  test('an idle tab lets go of its container, and gets one again when it runs again', async ({ open }) => {
    const [first, second] = [await open(), await open()];
    expect((await first.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(await second.evaluate(() => harness.availability())).toBe('ok');
    expect((await second.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(await first.locator('iframe').count()).toBe(0);
    expect((await first.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    expect(await second.locator('iframe').count()).toBe(0);
  });

  test('a tab that runs a program keeps its container; the other one says so and can have it afterwards', async ({
    host,
    open,
  }) => {
    const [first, second] = [await open(), await open()];
    const running = first.evaluate((spec) => harness.run(spec), endless);
    await expect.poll(() => host.running).toBe(1);
    expect(await second.evaluate(() => harness.availability())).toBe('other-tab');
    expect(await second.evaluate(() => harness.prepare())).toMatchObject({ cause: 'busy', retry: 'same-page' });
    expect(host.running).toBe(1);
    await first.evaluate(() => harness.reset());
    expect((await running).result).toMatchObject({ outcome: 'stopped', by: 'user' });
    expect((await second.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
  });

  test('a closed tab leaves nothing behind', async ({ host, open }) => {
    const [first, second] = [await open(), await open()];
    const running = first.evaluate((spec) => harness.run(spec), endless).catch(() => {});
    await expect.poll(() => host.running).toBe(1);
    await first.close();
    await running;
    expect(await second.evaluate(() => harness.availability())).toBe('ok');
    expect((await second.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    await expect.poll(() => host.running).toBe(0);
  });

  test('a tab that does not answer loses its container to one that does, and can have a new one', async ({ open }) => {
    const [first, second] = [await open(), await open()];
    expect((await first.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    const frozen = first.evaluate(() => {
      const until = Date.now() + 4_000;
      while (Date.now() < until);
    });
    expect((await second.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
    await frozen;
    await expect.poll(() => first.locator('iframe').count()).toBe(0);
    expect((await first.evaluate((spec) => harness.run(spec), exit7)).result).toMatchObject(worked);
  });
});
