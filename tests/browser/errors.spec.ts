/** The page of errors: paste, filter, clear, deep links, and without JavaScript. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './support/test.ts';

const pasted =
  "2026-11-23T02:13:00Z Error: EMFILE: too many open files, open '/srv/upload/391.jpg'\n    at Object.open";

for (const { path, none } of [
  { path: '/errors/', none: '아직 여기에 없는 문구' },
  { path: '/en/errors/', none: 'This text is not here yet' },
])
  test(`${path} finds a pasted message, says when it knows none, and sends nothing`, async ({ page }) => {
    const requests: string[] = [];
    await page.goto(path, { waitUntil: 'networkidle' });
    page.on('request', (request) => requests.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
    const entries = page.locator('details[data-error]');
    const all = await entries.count();
    const box = page.getByRole('textbox');
    const status = page.locator('find-error [role=status]');

    await box.fill(pasted);
    await expect(entries.filter({ visible: true })).toHaveCount(1);
    await expect(page.locator('#emfile')).toHaveAttribute('open', '');
    await expect(status.getByRole('link')).toHaveText(['EMFILE']);
    await expect(page.locator('.errors-group').filter({ visible: true })).toHaveCount(1);

    await box.fill('Exited (137) 2 minutes ago');
    await expect(page.locator('details[id="137"]')).toBeVisible();
    await expect(page.locator('#emfile')).toBeHidden();

    await box.fill('a message that nobody wrote down');
    await expect(status).toContainText(none);
    await expect(entries.filter({ visible: true })).toHaveCount(all);

    await page.locator('find-error button[type=reset]').click();
    await expect(status.locator('> *').filter({ visible: true })).toHaveCount(0);
    await expect(entries.filter({ visible: true })).toHaveCount(all);
    // Only the code of the search, once; no word of what was pasted.
    expect(requests.filter((request) => !/^GET \S+\/_astro\/\S+\.js $/.test(request))).toEqual([]);
    expect(requests.filter((request) => /EMFILE|upload|nobody/.test(request))).toEqual([]);
    expect(page.url()).not.toContain('?');
  });

test('an address opens its entry, at once, later, and from behind a filter', async ({ page }) => {
  await page.goto('/errors/#sigkill');
  await expect(page.locator('#sigkill')).toHaveAttribute('open', '');
  await expect(page.locator('#sigkill > summary')).toBeInViewport();
  await page.locator('#sigkill .error-links a[href="#137"]').click();
  const code = page.locator('details[id="137"]');
  await expect(code).toHaveAttribute('open', '');
  await expect(code.locator('summary')).toBeInViewport();

  await page.getByRole('textbox').fill('EMFILE');
  await expect(code).toBeHidden();
  await page.evaluate(() => {
    location.hash = '#enospc';
  });
  await expect(page.locator('#enospc')).toHaveAttribute('open', '');
  await expect(page.locator('#enospc > summary')).toBeInViewport();
  await expect(page.getByRole('textbox')).toHaveValue('');
  await expect(code).toBeVisible();
});

test('works by keyboard, and axe finds nothing in an open entry or a result', async ({ page }) => {
  await page.goto('/en/errors/');
  await page.getByRole('textbox').focus();
  await page.keyboard.type('Killed');
  const link = page.locator('find-error [role=status] a').first();
  await expect(link).toHaveText('Killed');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#killed > summary')).toBeInViewport();
  const { violations } = await new AxeBuilder({ page }).include('find-error').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('every entry is there, opens, and is marked by its address', async ({ page }) => {
    await page.goto('/errors/#emfile');
    await expect(page.locator('find-error form')).toBeHidden();
    const entry = page.locator('#emfile');
    await expect(entry.locator('.meaning')).toBeVisible();
    await page.locator('#enfile > summary').click();
    await expect(page.locator('#enfile .meaning')).toBeVisible();
  });
});
