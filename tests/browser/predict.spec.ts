/** Predict first, on a real lesson: asked before Run, answered by the output, and never in the way. */
import type { Page } from '@playwright/test';
import english from '../../src/content/i18n/en.json' with { type: 'json' };
import { expect, test } from './support/test.ts';

const lesson = '/en/troubleshooting/too-many-open-files/';
const snippetOf = (page: Page) => page.locator('run-snippet[data-snippet="limit-concurrency"]');
const parts = (page: Page) => {
  const snippet = snippetOf(page);
  return {
    choice: snippet.locator('.predict').getByRole('radio'),
    answer: snippet.locator('predict-answer > details'),
    verdict: snippet.locator('.predict-verdict'),
    recorded: snippet.getByText(english['snippet.open-recorded']),
    run: snippet.locator('[data-action="run"]'),
  };
};

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the question is there, and the answer opens', async ({ page }) => {
    await page.goto(lesson);
    const { choice, answer } = parts(page);
    await choice.first().check();
    await expect(answer.getByText('The limit keeps no queue')).toBeHidden();
    await answer.getByText(english['predict.answer']).click();
    await expect(answer.getByText('The limit keeps no queue')).toBeVisible();
  });
});

test('a run opens the answer and says whether it is what was chosen', async ({ page }) => {
  await page.goto(lesson);
  const { choice, answer, verdict, run } = parts(page);
  await choice.first().check();
  await expect(answer).not.toHaveAttribute('open');
  await run.click();
  await expect(verdict).toHaveText(english['predict.other']);
  await expect(answer.getByText(`(${english['predict.mine']})`).first()).toBeVisible();
  await choice.last().check();
  await expect(verdict).toHaveText(english['predict.same']);
});

test('the recorded output answers too, and nobody has to choose', async ({ page }) => {
  await page.goto(lesson);
  const { answer, verdict, recorded } = parts(page);
  await recorded.click();
  await expect(answer).toHaveAttribute('open');
  await expect(verdict).toBeEmpty();
});

test('by keyboard: one stop for all choices, and Run is reached without choosing', async ({ page }) => {
  await page.goto(lesson);
  const { choice } = parts(page);
  await choice.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(choice.nth(1)).toBeChecked();
  await page.keyboard.press('Tab');
  await expect(snippetOf(page).getByRole('spinbutton')).toBeFocused();
});

test('nothing is kept: after a reload no choice is made', async ({ page }) => {
  await page.goto(lesson);
  await parts(page).choice.first().check();
  await page.reload();
  for (const one of await parts(page).choice.all()) await expect(one).not.toBeChecked();
  expect(await page.evaluate(() => [localStorage, sessionStorage].flatMap((it) => Object.keys(it)))).not.toContainEqual(
    expect.stringContaining('predict'),
  );
});
