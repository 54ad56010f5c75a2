/** The quiz of a real lesson: with a keyboard only, with JavaScript off, and what it tells the page. */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { parse } from 'yaml';
import { expect, test } from './support/test.ts';

interface Choice {
  right: boolean;
}
const lesson = 'lab-ulimit';
const { questions } = parse(readFileSync(`src/content/quizzes/${lesson}.yaml`, 'utf8')) as {
  questions: { id: string; choices: Choice[] }[];
};
const rightChoice = (at: number) => questions[at]?.choices.findIndex(({ right }) => right) ?? -1;
const wrongChoice = (at: number) => questions[at]?.choices.findIndex(({ right }) => !right) ?? -1;

const languages = [
  { language: 'ko', path: `/troubleshooting/${lesson}/`, right: '맞아요', wrong: '아니에요', first: '먼저 하나를' },
  {
    language: 'en',
    path: `/en/troubleshooting/${lesson}/`,
    right: 'Right',
    wrong: 'Not this one',
    first: 'Choose one',
  },
];

for (const { language, path, right, wrong, first } of languages)
  test(`${language}: a wrong answer gives its reason, a right one gives every reason, by keyboard only`, async ({
    page,
  }) => {
    await page.goto(path);
    const question = page.locator('course-quiz [data-question]').first();
    const radios = question.getByRole('radio');
    const status = question.getByRole('status');
    const reasons = question.locator('.choice > .reason');
    await expect(radios).toHaveCount(questions[0]?.choices.length ?? 0);

    // Nothing chosen: a sentence says so, and the focus is where one can choose.
    await question.locator('button[type=submit]').focus();
    await page.keyboard.press('Enter');
    await expect(status).toContainText(first);
    await expect(radios.first()).toBeFocused();

    await page.keyboard.press('Space');
    for (let at = 0; at < wrongChoice(0); at++) await page.keyboard.press('ArrowDown');
    await expect(radios.nth(wrongChoice(0))).toBeChecked();
    await page.keyboard.press('Enter');
    await expect(status).toContainText(wrong);
    await expect(reasons.filter({ visible: true })).toHaveCount(0);

    await radios.nth(wrongChoice(0)).focus();
    const steps = rightChoice(0) - wrongChoice(0);
    for (let at = 0; at < Math.abs(steps); at++) await page.keyboard.press(steps > 0 ? 'ArrowDown' : 'ArrowUp');
    await expect(status).toBeEmpty();
    await page.keyboard.press('Enter');
    await expect(status).toContainText(right);
    // The chosen one's reason stands in the verdict, the others below their choices.
    await expect(reasons.filter({ visible: true })).toHaveCount((questions[0]?.choices.length ?? 0) - 1);
  });

test('it tells the page what was reached, and starts again', async ({ page }) => {
  await page.goto(`/troubleshooting/${lesson}/`);
  await page.evaluate(() => {
    const told: unknown[] = [];
    Object.assign(window, { told });
    addEventListener('course:quiz', (event) => told.push((event as CustomEvent).detail));
  });
  const items = page.locator('course-quiz [data-question]');
  for (const at of questions.keys()) {
    const item = items.nth(at);
    if (at === 0) {
      await item.getByRole('radio').nth(wrongChoice(0)).check();
      await item.locator('button[type=submit]').click();
    }
    await item.getByRole('radio').nth(rightChoice(at)).check();
    await item.locator('button[type=submit]').click();
  }
  const told = await page.evaluate(() => (window as unknown as { told: unknown[] }).told);
  const total = questions.length;
  expect(told[0]).toEqual({ lesson, total, done: 0, firstTry: 0 });
  expect(told.at(-1)).toEqual({ lesson, total, done: total, firstTry: total - 1 });

  await page.locator('course-quiz > .pane-foot button').click();
  await expect(page.locator('course-quiz input:checked')).toHaveCount(0);
  await expect(page.locator('course-quiz .reason').filter({ visible: true })).toHaveCount(0);
});

test('the reasons can be asked for without an answer', async ({ page }) => {
  await page.goto(`/en/troubleshooting/${lesson}/`);
  const question = page.locator('course-quiz [data-question]').first();
  await expect(question.locator('[data-all]')).toBeHidden();
  await question.getByRole('radio').nth(wrongChoice(0)).check();
  await question.locator('button[type=submit]').click();
  await question.locator('[data-all]').click();
  await expect(question.locator('.choice > .reason').filter({ visible: true })).toHaveCount(
    questions[0]?.choices.length ?? 0,
  );
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('each choice opens and says whether it is right, and why', async ({ page }) => {
    await page.goto(`/troubleshooting/${lesson}/`);
    const choices = page.locator('course-quiz [data-question]').first().locator('details.choice');
    await expect(choices).toHaveCount(questions[0]?.choices.length ?? 0);
    await expect(choices.first().locator('.reason')).toBeHidden();
    await choices.nth(rightChoice(0)).locator('summary').click();
    await expect(choices.nth(rightChoice(0)).locator('.reason')).toContainText('맞아요');
    await choices.nth(wrongChoice(0)).locator('summary').click();
    await expect(choices.nth(wrongChoice(0)).locator('.reason')).toContainText('아니에요');
  });
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing, before and after an answer (${colorScheme})`, async ({ page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await page.goto(`/troubleshooting/${lesson}/`);
    const axe = () => new AxeBuilder({ page }).include('course-quiz').analyze();
    expect((await axe()).violations).toEqual([]);
    const question = page.locator('course-quiz [data-question]').first();
    await question.getByRole('radio').nth(wrongChoice(0)).check();
    await question.locator('button[type=submit]').click();
    await question.locator('[data-all]').click();
    expect((await axe()).violations).toEqual([]);
  });
