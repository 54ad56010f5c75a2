/** A snippet in a real Chromium: as a deployed build shows it, and run by real Node where the local server serves it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { type LocalServer, startLocalServer } from '../../server/local-server.ts';
import english from '../../src/content/i18n/en.json' with { type: 'json' };
import korean from '../../src/content/i18n/ko.json' with { type: 'json' };
import { deployedBuild } from './support/static-site.ts';
import { expect as expectInTime, test } from './support/test.ts';

// Real programs on a machine that may be busy with other suites.
const expect = expectInTime.configure({ timeout: 15_000 });

const localBuild = fileURLToPath(new URL('../../dist-local/', import.meta.url));
const lesson = '/en/troubleshooting/lab-oom-heap-limit/';
const loop = "console.log('round and round');\nfor (;;);\n";

const heapLimit = (page: Page) => page.locator('run-snippet[data-snippet="heap-limit"]');
const button = (snippet: Locator, name: string) => snippet.getByRole('button', { name, exact: true });
const status = (snippet: Locator) => snippet.locator('[data-part="status"]');

/** Puts a program into the opened editor. */
async function write(page: Page, snippet: Locator, program: string): Promise<void> {
  await button(snippet, 'Edit').click();
  const editor = snippet.getByRole('textbox', { name: english['snippet.editor'] });
  await expect(editor).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(program);
}

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include('[data-snippet="heap-limit"]').analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('everything is there: program, notes, output, exit code and its meaning, where it was recorded', async ({
    page,
  }) => {
    await page.goto(lesson);
    const snippet = heapLimit(page);
    const program = await readFile(new URL('../../src/content/snippets/heap-limit/main.mjs', import.meta.url), 'utf8');
    const shown = await snippet.locator('[data-part="code"] .ec-line .code').allInnerTexts();
    expect(shown.map((line) => line.trimEnd()).join('\n')).toBe(program.trimEnd());
    await snippet.getByText(english['snippet.open-recorded']).click();
    await expect(snippet.getByText('FATAL ERROR').first()).toBeVisible();
    await expect(snippet.getByText('exit code 134').first()).toBeVisible();
    await expect(snippet.getByText(english['exit.134']).first()).toBeVisible();
    await expect(snippet.getByText(/Node\.js v\d+.* recorded on \d{4}-\d\d-\d\d/).first()).toBeVisible();
    await expect(snippet.getByText('just as in production').first()).toBeVisible();
    expect(await snippet.locator('button:visible, [data-control]:visible').count(), 'dead controls').toBe(0);
  });

  test('the reader can look at another Node version, and at what differs', async ({ page }) => {
    await page.goto(lesson);
    const snippet = heapLimit(page);
    await snippet.getByText(english['snippet.open-recorded']).click();
    await expect(snippet.getByText('Node.js v20.')).toBeHidden();
    await snippet.getByRole('radio', { name: 'Node 20' }).check();
    await expect(snippet.getByText('Node.js v20.')).toBeVisible();
    await snippet.getByText(english['snippet.differences']).click();
    const row = snippet.getByRole('row', { name: /heap_size_limit_mib/ }).last();
    expect(new Set(await row.getByRole('cell').allInnerTexts()).size).toBeGreaterThan(1);
  });
});

test.describe('in a deployed build', () => {
  test('loads the shell only, and nothing from elsewhere, before a press', async ({ page, baseURL }) => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(lesson, { waitUntil: 'networkidle' });
    await expect(button(heapLimit(page), english['snippet.run.webcontainer'])).toBeVisible();
    expect(requests.filter((url) => !url.startsWith(`${baseURL}/`))).toEqual([]);
    expect(requests.filter((url) => /run-snippet-|local-node|webcontainer/i.test(url))).toEqual([]);
  });

  test('says before the press that Run loads something from stackblitz.com', async ({ page }) => {
    await page.goto(lesson);
    await expect(heapLimit(page).getByText(english['runtime.about.webcontainer'])).toBeVisible();
    await page.goto('/troubleshooting/lab-oom-heap-limit/');
    await expect(heapLimit(page).getByText(korean['runtime.about.webcontainer'])).toBeVisible();
  });

  test('has no trace of the local runner', async () => {
    const folder = join(deployedBuild, '_astro');
    const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(5);
    for (const name of scripts) expect(await readFile(join(folder, name), 'utf8'), name).not.toContain('__runner');
  });

  test('lists every backend and says why one cannot be used', async ({ page }) => {
    await page.goto('/en/troubleshooting/lab-ulimit/');
    const snippet = page.locator('run-snippet[data-snippet="open-until-it-fails"]');
    await snippet.getByText('Where it runs:').click();
    const choice = (name: string) => snippet.getByRole('radio', { name });
    await expect(choice('Node on this computer')).toBeDisabled();
    await expect(choice('This browser tab')).toBeDisabled();
    await expect(snippet.getByText(english['runtime.unavailable.needs-linux-limits'])).toBeVisible();
    await expect(choice('Linux in this tab')).toBeDisabled();
    await expect(choice('The recording')).toBeChecked();
    await button(snippet, 'Replay the recording').click();
    await expect(snippet.getByRole('log')).toContainText('stopped_by=EMFILE in open');
    await expect(snippet.getByRole('log')).toContainText('recorded on');
  });

  test('offline, a press says so and the recording stays', async ({ page, context }) => {
    await page.goto(lesson);
    await expect(button(heapLimit(page), 'Edit')).toBeVisible();
    await context.setOffline(true);
    await button(heapLimit(page), english['snippet.run.webcontainer']).click();
    await expect(status(heapLimit(page))).toHaveText(english['snippet.load-failed']);
    await expect(heapLimit(page).getByText('exit code 134').first()).toBeVisible();
  });
});

test.describe('served by the local server', () => {
  let server: LocalServer;
  test.beforeAll(async () => {
    server = await startLocalServer({ folder: localBuild, port: 0 });
  });
  test.afterAll(() => server.close());
  test.beforeEach(({ page }) => page.goto(`http://localhost:${server.port}${lesson}`));

  test('Run: real Node meets its heap limit, and the page says what 134 means', async ({ page }) => {
    const snippet = heapLimit(page);
    await expect(snippet.getByText('recorded', { exact: true })).toBeVisible();
    await button(snippet, 'Run').click();
    await expect(status(snippet)).toContainText('exit code 134. V8 reached its heap limit');
    const log = snippet.getByRole('log');
    await expect(log).toContainText('kept_mib=48');
    await expect(log).toContainText(english['exit.134']);
    await expect(log).toContainText(/Node\.js v\d+\.\d+\.\d+ · run on this computer/);
    await expect(log.locator('mark')).toHaveText(/JavaScript heap out of memory$/);
    await expect(log.locator('[data-limit-hit="134"]')).toHaveCount(1);
    await expect(log.locator('.snippet-run')).toHaveCount(2);
    await expect(snippet.getByText('live', { exact: true })).toBeVisible();
    await expect(snippet.locator('[data-part="recordings"]')).toBeHidden();
    await button(snippet, 'Reset').click();
    await expect(log).toBeEmpty();
    await expect(snippet.locator('[data-part="recordings"]')).toBeVisible();
  });

  test('the output is a live region, and is text whatever the program prints', async ({ page }) => {
    const snippet = heapLimit(page);
    const log = snippet.locator('[role="log"]');
    await expect(log).toHaveAttribute('aria-live', 'polite');
    await write(page, snippet, "console.log('<img src=x onerror=alert(1)> <b>bold</b>');\n");
    await button(snippet, 'Run').click();
    await expect(log.locator('pre').first()).toHaveText('<img src=x onerror=alert(1)> <b>bold</b>');
    expect(await log.locator('img, b').count()).toBe(0);
    await expect(log).toHaveAttribute('aria-live', 'polite');
  });

  test('a long output is no longer read out', async ({ page }) => {
    const snippet = heapLimit(page);
    await write(page, snippet, 'for (let i = 0; i < 500; i++) console.log(i);\n');
    await button(snippet, 'Run').click();
    await expect(snippet.locator('[role="log"] pre').first()).toContainText('499');
    await expect(snippet.locator('[role="log"]')).toHaveAttribute('aria-live', 'off');
  });

  test('the flag is a control: the command follows it, and so does the verdict', async ({ page }) => {
    const snippet = heapLimit(page);
    const number = snippet.getByRole('spinbutton');
    const command = snippet.locator('[data-command="demo"]');
    await number.fill('200');
    await expect(command).toHaveText('node --max-old-space-size=200 main.mjs');
    await expect(snippet.locator('[data-command="baseline"]')).toHaveText('node main.mjs only-ask');
    await button(snippet, 'Run').click();
    await expect(status(snippet)).toContainText(english['heap.own-bound']);
    await expect(snippet.getByRole('log')).toContainText('survived=yes kept_mib=96');
    await snippet.getByRole('checkbox', { name: 'without --max-old-space-size' }).check();
    await expect(command).toHaveText('node main.mjs');
    await expect(number).toBeDisabled();
  });

  test('a number out of range runs nothing and says what fits', async ({ page }) => {
    const snippet = heapLimit(page);
    const number = snippet.getByRole('spinbutton');
    await number.fill('9999');
    await button(snippet, 'Run').click();
    await expect(number).toBeFocused();
    await expect(number).toHaveAttribute('aria-invalid', 'true');
    expect(await number.evaluate((input: HTMLInputElement) => input.validationMessage)).toBe(
      'Enter a whole number from 16 to 512.',
    );
    await expect(snippet.getByRole('log')).toBeEmpty();
    await number.fill('64');
    await expect(number).not.toHaveAttribute('aria-invalid');
  });

  test('Stop ends a loop that never ends, and the focus goes back to Run', async ({ page }) => {
    const snippet = heapLimit(page);
    await write(page, snippet, loop);
    await button(snippet, 'Run').click();
    await expect(snippet.getByRole('log')).toContainText('round and round');
    await expect(button(snippet, 'Run')).toHaveAttribute('aria-disabled', 'true');
    await expect(button(snippet, 'Run')).toBeFocused();
    await button(snippet, 'Stop').click();
    await expect(status(snippet)).toHaveText(english['snippet.stopped.user']);
    await expect(button(snippet, 'Stop')).toBeHidden();
    await expect(button(snippet, 'Run')).toBeFocused();
    // The second command of the snippet was not started.
    await expect(snippet.getByRole('log').locator('.snippet-run')).toHaveCount(1);
  });

  test('a run of another snippet on the page ends the one before, and both say so', async ({ page }) => {
    const first = heapLimit(page);
    const second = page.locator('run-snippet[data-snippet="buffers-outside-heap"]');
    await write(page, first, loop);
    await button(first, 'Run').click();
    await expect(first.getByRole('log')).toContainText('round and round');
    await button(second, 'Run').click();
    await expect(status(first)).toHaveText(english['snippet.stopped.superseded']);
    await expect(second.getByRole('log')).toContainText('survived=yes');
  });

  test('an edit runs, survives a reload of the page, and Reset brings back the original', async ({ page }) => {
    const snippet = heapLimit(page);
    await write(page, snippet, "console.log('mine:', 6 * 7);\n");
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(snippet.getByRole('log')).toContainText('mine: 42');
    await page.reload();
    await expect(status(snippet)).toHaveText(english['snippet.restored']);
    await expect(snippet.getByRole('textbox', { name: english['snippet.editor'] })).toContainText('mine:');
    await button(snippet, 'Reset').click();
    await expect(snippet.getByRole('textbox')).toHaveCount(0);
    await expect(snippet.locator('[data-part="code"]')).toBeVisible();
    await page.reload();
    await expect(button(snippet, 'Edit')).toBeVisible();
    await expect(status(snippet)).toBeEmpty();
  });

  test('Copy copies the code as it is now', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const snippet = heapLimit(page);
    await write(page, snippet, 'console.log(1);\n');
    await button(snippet, 'Copy').click();
    await expect(status(snippet)).toHaveText(english['snippet.copied']);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('console.log(1);\n');
  });

  test('where the editor cannot be loaded, a text field does', async ({ page }) => {
    await page.route(/run-snippet-editor/, (route) => route.abort());
    const snippet = heapLimit(page);
    await button(snippet, 'Edit').click();
    const area = snippet.locator('textarea');
    await expect(area).toBeFocused();
    await area.fill("console.log('from a text field');\n");
    await area.press('ControlOrMeta+Enter');
    await expect(snippet.getByRole('log')).toContainText('from a text field');
  });

  test('the recording says that it is not the run of an edit', async ({ page }) => {
    const snippet = heapLimit(page);
    await snippet.getByText('Where it runs:').click();
    await snippet.getByRole('radio', { name: 'The recording' }).check();
    await snippet.getByRole('spinbutton').fill('100');
    await button(snippet, 'Replay the recording').click();
    const log = snippet.getByRole('log');
    await expect(log).toContainText(english['snippet.recording-of-original']);
    await expect(log).toContainText('node --max-old-space-size=64 main.mjs');
    await expect(log).toContainText('recorded on');
    // The choice holds for the other pages of this tab.
    await page.goto(`http://localhost:${server.port}/en/troubleshooting/lab-ulimit/`);
    await expect(button(page.locator('run-snippet').first(), 'Replay the recording')).toBeVisible();
  });

  test('where no server answers, the recording stays and the page says why', async ({ page }) => {
    await page.route('**/__runner/**', (route) => route.abort());
    const snippet = heapLimit(page);
    await button(snippet, 'Run').click();
    await expect(status(snippet)).toContainText(english['runtime.unavailable.no-endpoint']);
    await expect(snippet.getByText('exit code 134').first()).toBeVisible();
    // The tab is offered next, and not taken.
    await expect(button(snippet, english['snippet.run.webcontainer'])).toBeVisible();
  });

  test('when the server has gone away, the page says so and offers to try again', async ({ page }) => {
    const own = await startLocalServer({ folder: localBuild, port: 0 });
    await page.goto(`http://localhost:${own.port}${lesson}`);
    const snippet = heapLimit(page);
    await button(snippet, 'Run').click();
    await expect(status(snippet)).toContainText('exit code 134');
    await own.close();
    await button(snippet, 'Run').click();
    await expect(snippet.getByRole('log')).toContainText(english['runtime.failed.server-gone']);
    await expect(button(snippet, english['snippet.retry.same-page'])).toBeVisible();
    await button(snippet, english['snippet.see-recorded']).click();
    await expect(snippet.getByRole('radio', { name: 'Node 26' })).toBeFocused();
  });

  test('all of it by keyboard', async ({ page }) => {
    const snippet = heapLimit(page);
    await snippet.getByRole('spinbutton').focus();
    await page.keyboard.press('ArrowUp');
    await expect(snippet.locator('[data-command="demo"]')).toHaveText('node --max-old-space-size=65 main.mjs');
    await page.keyboard.press('Tab');
    await expect(snippet.getByRole('checkbox')).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(button(snippet, 'Run')).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const editor = snippet.getByRole('textbox', { name: english['snippet.editor'] });
    await expect(editor).toBeFocused();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(loop);
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(snippet.getByRole('log')).toContainText('round and round');
    // Tab indents in the editor; Escape, then Tab leaves it.
    await page.keyboard.press('Tab');
    await expect(editor).toBeFocused();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect(editor).not.toBeFocused();
    await button(snippet, 'Run').focus();
    await page.keyboard.press('Tab');
    await expect(button(snippet, 'Stop')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(status(snippet)).toHaveText(english['snippet.stopped.user']);
    await expect(button(snippet, 'Run')).toBeFocused();
  });

  for (const theme of ['light', 'dark'] as const)
    test(`axe finds nothing before, during and after a run (${theme})`, async ({ page }) => {
      test.slow();
      await page.evaluate((theme) => localStorage.setItem('starlight-theme', theme), theme);
      await page.reload();
      const snippet = heapLimit(page);
      // Expressive Code lets the keyboard scroll a wide block once the page is idle.
      await expect(snippet.locator('[data-part="code"] pre')).toHaveAttribute('tabindex', '0');
      expect(await violations(page)).toEqual([]);
      await snippet.getByText('Where it runs:').click();
      await snippet.getByText(english['snippet.differences']).click();
      await snippet.getByText(english['snippet.expectation'], { exact: true }).click();
      await write(page, snippet, loop);
      await button(snippet, 'Run').click();
      await expect(snippet.getByRole('log')).toContainText('round and round');
      expect(await violations(page)).toEqual([]);
      await button(snippet, 'Reset').click();
      await button(snippet, 'Run').click();
      await expect(status(snippet)).toContainText('exit code 134');
      expect(await violations(page)).toEqual([]);
    });
});
