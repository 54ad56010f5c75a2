/** A figure in steps, on a real lesson: by press, by key, without JavaScript, and where its drawing cannot be fetched. */
import type { Page } from '@playwright/test';
import english from '../../src/content/i18n/en.json' with { type: 'json' };
import { expect, test } from './support/test.ts';

const lesson = '/en/operating-system/files-and-file-descriptors/';
const figureOf = (page: Page) => page.locator('step-figure[data-figure="descriptor-table"]');
const parts = (page: Page) => {
  const figure = figureOf(page);
  return {
    figure,
    drawing: figure.locator('.drawing'),
    sentence: figure.locator('[data-part="sentence"]'),
    count: figure.locator('[data-part="count"]'),
    button: (name: 'next' | 'previous' | 'reset') =>
      figure.getByRole('button', { name: english[`figure.step.${name}`] }),
  };
};

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the first state is drawn, and every sentence can be read', async ({ page }) => {
    await page.goto(lesson);
    const { figure, drawing, button } = parts(page);
    await expect(drawing.locator('svg')).toBeVisible();
    await expect(button('next')).toBeHidden();
    await figure.getByText(english['figure.inWords']).click();
    const sentences = figure.locator('[data-part="sentences"] > li');
    await expect(sentences.last()).toBeVisible();
    expect(await sentences.count()).toBeGreaterThan(5);
  });
});

test('steps forward, back, to the end and to the start, and says each step', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto(lesson, { waitUntil: 'networkidle' });
  const { drawing, sentence, count, button } = parts(page);
  const first = await drawing.innerHTML();
  expect(fetched.filter((url) => /descriptor-table|step-figure-drawing/.test(url))).toEqual([]);
  await button('next').click();
  await expect(drawing).toContainText('open("app.log") = 3');
  await expect(sentence).toContainText('gets 3');
  await expect(sentence).toHaveAttribute('aria-live', 'polite');
  await expect(count).toHaveText(/Step 2 of \d+/);
  expect(
    fetched.filter((url) => /page-replacement|photo-upload/.test(url)),
    'other figures',
  ).toEqual([]);
  // By key, while the focus is on a button of the figure.
  await page.keyboard.press('ArrowLeft');
  await expect(count).toHaveText(/Step 1 of/);
  expect(await drawing.innerHTML()).toBe(first);
  await page.keyboard.press('End');
  await expect(button('next')).toHaveAttribute('aria-disabled', 'true');
  const last = await sentence.innerText();
  // Playwright waits for an enabled button; a reader does not.
  await button('next').click({ force: true });
  await expect(sentence).toHaveText(last);
  await button('reset').click();
  await expect(count).toHaveText(/Step 1 of/);
});

test('where the drawing cannot be fetched, the figure says so and leads to the words', async ({ page, context }) => {
  await page.goto(lesson, { waitUntil: 'networkidle' });
  await context.setOffline(true);
  const { sentence, count, button } = parts(page);
  await button('next').click();
  await expect(sentence).toHaveText(english['figure.step.failed']);
  await expect(count).toHaveText(/Step 1 of/);
});
