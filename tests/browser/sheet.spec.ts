/** The sheet of lesson 22: filled in, kept, shared by languages and tabs, taken along as Markdown; and what happens where storage fails. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './support/test.ts';

const words = (language: string) =>
  JSON.parse(readFileSync(`src/content/i18n/${language}.json`, 'utf8')) as Record<string, string>;
const { ko, en } = { ko: words('ko'), en: words('en') };
const korean = '/troubleshooting/memory-trade-offs/';
const english = `/en${korean}`;
const id = 'memory-proposal';
const key = `sheet.v1.${id}`;

const sheet = (page: Page) => page.locator(`#sheet-${id}`);
const field = (page: Page, name: string) => sheet(page).locator(`[name="${name}"]`);
const status = (page: Page) => sheet(page).locator('[data-part=status]');
const action = (page: Page, name: string) => sheet(page).locator(`[data-action=${name}]`);
const markdown = (page: Page) => sheet(page).locator('[data-part=markdown]').textContent();
const stored = (page: Page) => page.evaluate((name) => localStorage.getItem(name), key);

async function fill(page: Page): Promise<void> {
  await field(page, 'subject').fill('Photos of 200 MiB');
  await field(page, 'situation').fill('# 40 at once\n<b>8120</b> | `MiB`');
  await field(page, 'options.1.option').fill('stream | pieces');
  await field(page, 'options.1.cost').fill('2 weeks\nof 2 people');
  await field(page, 'review').fill('2026-12-14');
}

test('what is written is there after a reload and in the other language, each with its own headings', async ({
  page,
}) => {
  await page.goto(korean);
  await fill(page);
  await page.reload();
  await expect(field(page, 'situation')).toHaveValue('# 40 at once\n<b>8120</b> | `MiB`');
  expect(await markdown(page)).toContain('## 선택지\n\n| 무엇을 |');
  await page.goto(english);
  await expect(field(page, 'subject')).toHaveValue('Photos of 200 MiB');
  await expect(field(page, 'review')).toHaveValue('2026-12-14');
  await expect(status(page)).toBeEmpty();
  const text = await markdown(page);
  expect(text).toMatch(
    /^# Photos of 200 MiB\n\n## The situation, in numbers\n\n\\# 40 at once {2}\n\\<b>8120\\<\/b> \\\| \\`MiB\\`\n/,
  );
  expect(text).toContain('\n| stream \\| pieces |  | 2 weeks<br>of 2 people |  |  |\n\n## Recommendation');
});

test('it is copied and downloaded as Markdown', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(english);
  await fill(page);
  const text = await markdown(page);
  await sheet(page)
    .getByRole('button', { name: en['sheet.copy'] ?? '' })
    .click();
  await expect(sheet(page).locator('.sheet-copied')).toHaveText(en['sheet.copied'] ?? '');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  const [download] = await Promise.all([page.waitForEvent('download'), action(page, 'download').click()]);
  expect(download.suggestedFilename()).toBe(`${id}.md`);
  expect(readFileSync(await download.path(), 'utf8')).toBe(text);
  await expect(status(page)).toContainText(`${id}.md`);
});

test('clearing can be undone, by keyboard alone', async ({ page }) => {
  await page.goto(english);
  await fill(page);
  await action(page, 'clear').focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'situation')).toHaveValue('');
  expect(await stored(page)).toBeNull();
  await expect(action(page, 'undo')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(field(page, 'subject')).toBeFocused();
  await expect(field(page, 'options.1.option')).toHaveValue('stream | pieces');
  expect(await stored(page)).toContain('stream | pieces');
  await expect(action(page, 'undo')).toBeHidden();

  // What is written after clearing is not taken away by a late Undo.
  await action(page, 'clear').click();
  await field(page, 'subject').fill('a new start');
  await expect(action(page, 'undo')).toBeHidden();
});

test('Enter in a line does not reload the page, with a script or without', async ({ page }) => {
  await page.goto(english);
  await field(page, 'subject').fill('x');
  await field(page, 'subject').press('Enter');
  await expect(page).toHaveURL(new RegExp(`${english}$`));
  await expect(field(page, 'subject')).toHaveValue('x');
});

test('two tabs take over from each other, and lose nothing where both write in one field', async ({
  page,
  context,
}) => {
  await page.goto(english);
  await fill(page);
  const other = await context.newPage();
  await other.goto(korean);
  await expect(field(other, 'subject')).toHaveValue('Photos of 200 MiB');

  // Different fields: each gets the other's.
  await field(other, 'choice').fill('from the other tab');
  await expect(field(page, 'choice')).toHaveValue('from the other tab');
  await expect(status(page)).toHaveText((en['sheet.taken'] ?? '').replace('{{count}}', '1'));

  // The same field, while the reader is in it: nothing is overwritten, the other text stands below.
  await field(page, 'give-up').fill('mine');
  await field(other, 'give-up').fill('theirs');
  await expect(field(page, 'give-up')).toHaveValue('mine');
  await expect(status(page)).toHaveText(en['sheet.conflict'] ?? '');
  const beside = sheet(page).locator('.sheet-other');
  await expect(beside.locator('blockquote')).toHaveText('theirs');

  // Also after a reload of both.
  await other.close();
  await page.reload();
  await expect(field(page, 'give-up')).toHaveValue('mine');
  await expect(beside.locator('blockquote')).toHaveText('theirs');
  await beside.getByRole('button', { name: en['sheet.swap'] ?? '' }).click();
  await expect(field(page, 'give-up')).toHaveValue('theirs');
  await expect(field(page, 'give-up')).toBeFocused();
  await expect(beside.locator('blockquote')).toHaveText('mine');
  await beside.getByRole('button', { name: en['sheet.drop'] ?? '' }).click();
  await expect(beside).toHaveCount(0);
  await page.reload();
  await expect(field(page, 'give-up')).toHaveValue('theirs');
  await expect(beside).toHaveCount(0);
});

test('a tab that is cleared by another one says so, and can bring it back', async ({ page, context }) => {
  await page.goto(english);
  await fill(page);
  await page.locator('h1').click();
  const other = await context.newPage();
  await other.goto(english);
  await action(other, 'clear').click();
  await expect(field(page, 'situation')).toHaveValue('');
  await action(page, 'undo').click();
  await expect(field(page, 'situation')).toHaveValue(/40 at once/);
  await expect(field(other, 'situation')).toHaveValue(/40 at once/);
});

test('what cannot be read is moved aside, and said so', async ({ page }) => {
  await page.goto(korean);
  await page.evaluate((name) => localStorage.setItem(name, '{"values":{"subject":'), key);
  await page.reload();
  await expect(status(page)).toHaveText((ko['sheet.aside'] ?? '').replace('{{key}}', `${key}.unreadable`));
  expect(await page.evaluate((name) => localStorage.getItem(`${name}.unreadable`), key)).toBe('{"values":{"subject":');
  await field(page, 'subject').fill('again');
  expect(await stored(page)).toContain('again');

  // While the form has texts: they stay, and are stored anew.
  await page.evaluate((name) => localStorage.setItem(name, 'broken'), key);
  await field(page, 'situation').fill('and more');
  await expect(field(page, 'subject')).toHaveValue('again');
  expect(await stored(page)).toContain('again');
  expect(await page.evaluate((name) => localStorage.getItem(`${name}.unreadable`), key)).toBe('broken');
});

test('full storage: a clear sentence, and the text stays in the form', async ({ page }) => {
  await page.goto(english);
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await field(page, 'subject').fill('only here');
  await field(page, 'situation').fill('and here');
  await expect(status(page)).toHaveText(en['sheet.full'] ?? '');
  await expect(field(page, 'subject')).toHaveValue('only here');
  expect(await markdown(page)).toContain('# only here');
});

test('blocked storage: a clear sentence, and everything else works', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await page.goto(english);
  await expect(status(page)).toHaveText(en['sheet.blocked'] ?? '');
  await fill(page);
  expect(await markdown(page)).toContain('# Photos of 200 MiB');
  await action(page, 'clear').click();
  await action(page, 'undo').click();
  await expect(field(page, 'subject')).toHaveValue('Photos of 200 MiB');
});

test('on paper the texts stand whole, and "Print" prints the sheet alone', async ({ page }) => {
  await page.goto(english);
  await field(page, 'situation').fill('line\n'.repeat(40));
  await page.emulateMedia({ media: 'print' });
  const box = sheet(page).locator('.sheet-box:has([name=situation])');
  await expect(field(page, 'situation')).toBeHidden();
  expect((await box.boundingBox())?.height).toBeGreaterThan(500);
  await expect(page.locator('h1')).toBeVisible();
  await sheet(page).evaluate((element) => element.setAttribute('data-printing', ''));
  await expect(page.locator('h1')).toBeHidden();
  await expect(sheet(page).locator('.pane-name')).toBeVisible();
  await expect(sheet(page).locator('.sheet-example')).toBeHidden();
});

test('nothing that is written leaves the page', async ({ page, site }) => {
  await page.goto(english, { waitUntil: 'networkidle' });
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${request.url().replace(site.origin, '')}`));
  await fill(page);
  await action(page, 'clear').click();
  expect(sent).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`no violations of accessibility in the sheet, with everything open (${colorScheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(korean);
    await fill(page);
    await page.evaluate((name) => {
      const { values } = JSON.parse(localStorage.getItem(name) ?? '{}');
      localStorage.setItem(name, JSON.stringify({ values, other: { subject: 'other' } }));
    }, key);
    await page.reload();
    for (const details of await sheet(page).locator('details').all())
      await details.evaluate((element) => element.setAttribute('open', ''));
    await expect(sheet(page).locator('.sheet-other')).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).include(`#sheet-${id}`).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('it can be filled in, and its template can be read; no button is there that does nothing', async ({ page }) => {
    await page.goto(korean);
    await field(page, 'subject').fill('x');
    await field(page, 'subject').press('Enter');
    await expect(field(page, 'subject')).toHaveValue('x');
    await expect(sheet(page).locator('button:visible')).toHaveCount(0);
    await expect(sheet(page).locator('[data-without-script]')).toHaveText(ko['sheet.noScript'] ?? '');
    await expect(sheet(page).locator('[data-part=markdown]')).toContainText('# 한 장짜리 제안서');
    await expect(sheet(page).locator('[data-part=markdown]')).toBeVisible();
  });
});
