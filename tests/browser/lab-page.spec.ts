/** A lab's own page and the catalogue: reached by keyboard, read aloud in order, and where a verdict in another lesson leads to. */
import { readdirSync, readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './support/test.ts';

const read = (path: string) => readFileSync(`src/content/labs/${path}`, 'utf8');
const ko = JSON.parse(readFileSync('src/content/i18n/ko.json', 'utf8')) as Record<string, string>;
const page = '/labs/emfile/';

async function openAll(page: Page): Promise<void> {
  await page.locator('.lab details').evaluateAll((all) => {
    for (const one of all) (one as HTMLDetailsElement).open = true;
  });
}

test('the catalogue leads to a lab, and its language switch to the same lab', async ({ page }) => {
  await page.goto('/labs/');
  await page.locator('.lab-group h3 a[href="/labs/emfile/"]').click();
  await expect(page).toHaveURL(/\/labs\/emfile\/$/);
  const korean = await page.locator('h1').textContent();
  await page.locator('.site-language:visible').first().click();
  await expect(page).toHaveURL(/\/en\/labs\/emfile\/$/);
  await expect(page.locator('h1')).not.toHaveText(korean ?? '');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('the home page leads to the catalogue', async ({ page }) => {
  await page.goto('/en/');
  await page.locator('main a[href="/en/labs/"]').click();
  await expect(page.locator('.lab-group').first()).toBeVisible();
});

test('a page is HTML and its script beside it is text', async ({ page: tab, request }) => {
  await tab.goto(page);
  await expect(tab.locator('.lab-own')).toBeVisible();
  const script = await request.get('/labs/emfile.sh');
  expect(script.headers()['content-type']).toContain('text/plain');
  expect(await script.text()).toBe(read('emfile/lab.sh'));
});

for (const javaScriptEnabled of [true, false])
  test.describe(`hints, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled });

    test('open one after the other, by keyboard alone', async ({ page: tab }) => {
      await tab.goto(page);
      const hints = tab.locator('.lab-task .lab-hints > summary');
      const count = await hints.count();
      expect(count).toBeGreaterThanOrEqual(2);
      await expect(hints.nth(1)).toBeHidden();
      await hints.first().focus();
      for (let at = 0; at < count; at++) {
        await expect(hints.nth(at)).toBeFocused();
        await tab.keyboard.press('Enter');
        const text = tab.locator('.lab-hints > div').nth(at);
        await expect(text).toBeVisible();
        if (at + 1 < count) await expect(hints.nth(at + 1)).toBeVisible();
        if (at + 2 < count) await expect(hints.nth(at + 2)).toBeHidden();
        await tab.keyboard.press('Tab');
      }
      // After the last hint comes the solution, with its script and what it printed.
      const solution = tab.locator('.lab-solution');
      await expect(solution.locator('> summary')).toBeFocused();
      await tab.keyboard.press('Enter');
      await expect(solution.locator('pre').first()).toBeVisible();
      await expect(solution.locator('pre.pane-output')).toContainText('$ bash solution.sh');
    });
  });

test('a link in the comparison opens its recording', async ({ page: tab }) => {
  await tab.goto(page);
  const output = tab.locator('#recorded-debian-12-root');
  await expect(output).toBeHidden();
  await tab.locator('.lab-differences a[href="#recorded-debian-12-root"]').click();
  await expect(output).toBeVisible();
  await expect(output).toBeInViewport();
});

test('a lesson has the task, and leads to its hints and its solution', async ({ page: tab }) => {
  await tab.goto('/troubleshooting/lab-ulimit/');
  const task = tab.locator('#lab-emfile .lab-task');
  await expect(task.locator('.lab-ask')).not.toBeEmpty();
  await task.getByRole('link', { name: ko['lab.solution.there'] ?? '' }).click();
  await expect(tab).toHaveURL(/\/labs\/emfile\/#task-emfile$/);
  await expect(tab.locator('#task-emfile')).toBeInViewport();
});

test('output of a lab that is not on the page leads to that lab', async ({ page: tab }) => {
  const [name = ''] = readdirSync('src/content/labs/nproc/recorded');
  const other = read(`nproc/recorded/${name}`);
  await tab.goto(page);
  await tab.locator('#check-emfile textarea').fill(other);
  await tab.locator('#check-emfile button[type=submit]').click();
  const verdict = tab.locator('#check-emfile .verdict');
  await verdict.locator('a').click();
  await expect(tab).toHaveURL(/\/labs\/nproc\/$/);
  await expect(tab.locator('h1')).toBeVisible();
});

for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 360],
] as const)
  test(`axe finds nothing with everything open and a failed verdict (${colorScheme}, ${width} px)`, async ({
    page: tab,
  }) => {
    test.slow();
    await tab.emulateMedia({ colorScheme });
    await tab.setViewportSize({ width, height: 900 });
    await tab.goto(page);
    await openAll(tab);
    const text = read('emfile/recorded/debian-12-user.txt').replace(/^ok 1 - (\S+)$/m, 'not ok 1 - $1');
    await tab.locator('#check-emfile textarea').fill(text);
    await tab.locator('#check-emfile button[type=submit]').click();
    await expect(tab.locator('.verdict-headline')).toBeFocused();
    const { violations } = await new AxeBuilder({ page: tab }).include('main').analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`),
    ).toEqual([]);
    // No level of heading is left out on the way down.
    const levels = await tab
      .locator('main')
      .locator('h1, h2, h3, h4, h5, h6')
      .evaluateAll((all) => all.filter((one) => one.checkVisibility()).map(({ tagName }) => Number(tagName[1])));
    for (const [at, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[at - 1] ?? 0) + 1);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
