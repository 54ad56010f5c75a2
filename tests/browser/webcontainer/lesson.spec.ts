import english from '../../../src/content/i18n/en.json' with { type: 'json' };
import { noFaults } from '../support/stand-in-host.ts';
import { expect, pointToStandIn, test } from './fixtures.ts';

const lesson = '/en/troubleshooting/lab-oom-heap-limit/';

test.describe('a lesson of the deployed build, real client, stand-in host (ours)', () => {
  test.beforeEach(async ({ context, host, page, site }) => {
    await pointToStandIn(context, host);
    await page.goto(site.origin + lesson);
  });

  test('Run boots a container and shows the heap limit being met, and what ran it', async ({ host, page }) => {
    const snippet = page.locator('run-snippet[data-snippet="heap-limit"]');
    expect(host.visits).toHaveLength(0);
    await snippet.getByRole('button', { name: english['snippet.run.webcontainer'], exact: true }).click();
    const log = snippet.getByRole('log');
    await expect(log.getByText('JavaScript heap out of memory').first()).toBeVisible({ timeout: 20_000 });
    await expect(log.getByText('134').first()).toBeVisible();
    await expect(snippet.getByText(process.version).first()).toBeVisible();
    expect(host.visits).toHaveLength(1);
  });

  test('a failed boot gives its reason, and the press after it works without a reload', async ({ host, page }) => {
    host.faults = { ...noFaults, answer: 'not-found' };
    const snippet = page.locator('run-snippet[data-snippet="heap-limit"]');
    await snippet.getByRole('button', { name: english['snippet.run.webcontainer'], exact: true }).click();
    await expect(snippet.getByText(english['runtime.failed.site-not-enabled']).first()).toBeVisible({
      timeout: 20_000,
    });
    host.faults = noFaults;
    await snippet.getByRole('button', { name: english['snippet.retry.same-page'], exact: true }).click();
    await expect(snippet.getByRole('log').getByText('JavaScript heap out of memory').first()).toBeVisible({
      timeout: 20_000,
    });
  });
});
