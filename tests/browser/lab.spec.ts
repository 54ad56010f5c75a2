/** The pane of a lab on a real lesson: what a reader copies and pastes, with the recordings of this repository as the reader's output. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { parse } from 'yaml';
import { judge, type Mismatch } from '../../src/checker/index.ts';
import { copyBlock } from '../../src/components/lab/script.ts';
import { expect, test } from './support/test.ts';

const labs = 'src/content/labs';
const read = (path: string) => readFileSync(`${labs}/${path}`, 'utf8');
const words = (language: string) =>
  JSON.parse(readFileSync(`src/content/i18n/${language}.json`, 'utf8')) as Record<string, string>;
const { ko, en } = { ko: words('ko'), en: words('en') };
const korean = '/troubleshooting/lab-ulimit/';

const definition = {
  id: 'emfile',
  expected: read('emfile/expected.txt'),
  mismatches: ['emfile/', ''].flatMap(
    (folder) => (parse(read(`${folder}mismatches.yaml`)) as { mismatches: Mismatch[] }).mismatches,
  ),
};
const recordings = readdirSync(`${labs}/emfile/recorded`).map((name) => ({
  name,
  text: read(`emfile/recorded/${name}`),
}));
const passed = recordings.find(({ text }) => judge(text, definition).outcome === 'passed')?.text ?? '';

async function check(page: Page, text: string, lab = 'emfile'): Promise<Locator> {
  const pane = page.locator(`#check-${lab}`);
  await pane.locator('textarea').fill(text);
  await pane.locator('button[type=submit]').click();
  await expect(pane.locator('.verdict-headline')).toBeFocused();
  return pane.locator('.verdict');
}

test('there is a recording to judge by', () => {
  expect(passed).not.toBe('');
});

test('each recording gets the verdict of the checker, in words', async ({ page }) => {
  test.slow();
  await page.goto(korean);
  for (const { name, text } of recordings)
    await test.step(name, async () => {
      const verdict = await check(page, text);
      const { outcome, steps } = judge(text, definition);
      await expect(verdict.locator('.verdict-headline .badge')).toHaveText(ko[`lab.verdict.badge.${outcome}`] ?? '');
      await expect(verdict.locator('.verdict-steps > li')).toHaveCount(steps.length);
      // No id may stand where its words should.
      await expect(verdict.locator('.verdict-steps summary > code')).toHaveCount(0);
      const silent = await verdict
        .locator('.verdict-steps li li')
        .evaluateAll((all) =>
          all.filter((one) => one.querySelector('div')?.textContent === one.querySelector('.check-id')?.textContent),
        );
      expect(silent).toEqual([]);
    });
});

test('a passed lab is announced, with its comparison folded away', async ({ page }) => {
  await page.goto(`/en${korean}`);
  const verdict = await check(page, passed);
  await expect(page.locator('#check-emfile > [role=status]')).toContainText(en['checker.outcome.passed'] ?? '');
  await expect(verdict.locator('.verdict-diff')).toBeHidden();
});

test('prompts, colours and Windows line ends do no harm', async ({ page }) => {
  await page.goto(korean);
  const noisy = `me@box:~$ bash emfile.sh\r\n${passed.replaceAll('\n', '\r\n')}\u001b[32mme@box:~$\u001b[0m \r\n`;
  const verdict = await check(page, noisy);
  await expect(verdict.locator('.badge').first()).toHaveText(ko['lab.verdict.badge.passed'] ?? '');
});

test('a changed line is found, shown beside what was expected, and stays text', async ({ page }) => {
  await page.goto(korean);
  const evil = '<img src=x onerror="document.title=1">';
  const changed = passed.replace(/^ok 1 - (\S+)$/m, `not ok 1 - $1\n${evil}`);
  expect(changed).not.toBe(passed);
  const verdict = await check(page, changed);
  await expect(verdict.locator('.badge').first()).toHaveText(ko['lab.verdict.badge.failed'] ?? '');
  await expect(verdict.locator('[data-row=different]').first()).toContainText('not ok 1');
  await expect(verdict.locator('.verdict-diff')).toContainText(evil);
  await expect(verdict.locator('img')).toHaveCount(0);
  // The fold opens.
  const rows = verdict.locator('.verdict-diff tbody tr');
  const folded = await rows.count();
  await verdict.getByRole('button', { name: ko['lab.verdict.diff.all'] ?? '' }).click();
  expect(await rows.count()).toBeGreaterThan(folded);
});

test('the cause is named where it is a known one', async ({ page }) => {
  await page.goto(korean);
  const known = definition.mismatches.find(({ id }) => id === 'no-prlimit');
  const verdict = await check(
    page,
    passed
      .replace(/^prlimit=yes$/m, 'prlimit=no')
      .replace(/^ok (\d+) - raising-hard-is-refused$/m, 'not ok $1 - raising-hard-is-refused'),
  );
  const notice = verdict.locator('.notice').filter({ hasText: (known?.cause.ko ?? 'missing').replaceAll('`', '') });
  await expect(notice).toContainText((known?.remedy.ko ?? 'missing').replaceAll('`', ''));
  // Before the steps: whoever knows the cause need not read them.
  const order = await verdict
    .locator('.notice, .verdict-steps')
    .evaluateAll((all) => all.map(({ className }) => className));
  expect(order.indexOf('verdict-steps')).toBeGreaterThan(0);
});

test.describe('what cannot be judged', () => {
  const other = readdirSync(`${labs}/nproc/recorded`).map((name) => read(`nproc/recorded/${name}`))[0] ?? '';
  const cases = {
    empty: '  \n',
    binary: 'ab\u0000cd'.repeat(20),
    'no-lab-output': 'hello\nworld\n',
    'script-text': read('emfile/lab.sh'),
    'other-lab': other,
    'unknown-lab': '== lab nothing-like-it v1\n-- step a\nok 1 - b\n1..1\n== end nothing-like-it fail=0\n',
    refused: 'run me with: bash emfile.sh\n',
    'cut-off-end': passed.slice(0, passed.lastIndexOf('1..')),
    'cut-off-start': passed.slice(passed.indexOf('-- step')),
  };

  test('gets its own sentence each, which is read out too', async ({ page }) => {
    test.slow();
    await page.goto(korean);
    for (const [problem, text] of Object.entries(cases))
      await test.step(problem, async () => {
        const verdict = await check(page, text);
        // Up to the first name in it.
        const sentence = (ko[`checker.problem.${problem}`] ?? 'missing').split('{{')[0] ?? '';
        await expect(verdict.locator('.notice').first()).toContainText(sentence);
        await expect(verdict).not.toContainText('{{');
        await expect(page.locator('#check-emfile > [role=status]')).toContainText(sentence);
      });
  });

  test('a file that is too large is not read', async ({ page }) => {
    await page.goto(korean);
    const pane = page.locator('#check-emfile');
    const buffer = Buffer.alloc(1_100_000, 'x');
    await pane.locator('input[type=file]').setInputFiles({ name: 'out.txt', mimeType: 'text/plain', buffer });
    const sentence = (ko['checker.problem.too-large'] ?? 'missing').split('{{')[0] ?? '';
    await expect(pane.locator('.verdict .notice')).toContainText(sentence);
    await expect(pane.locator('textarea')).toHaveValue('');
  });

  test('and the way to the pane of the lab that it belongs to', async ({ page }) => {
    await page.goto(korean);
    const verdict = await check(page, other);
    await verdict.locator('a').click();
    await expect(page).toHaveURL(/#lab-nproc$/);
    await expect(page.locator('#lab-nproc')).toBeInViewport();
  });

  test('output of two labs: this pane judges its own and names the other', async ({ page }) => {
    await page.goto(korean);
    const verdict = await check(page, `${passed}\n${other}`);
    await expect(verdict.locator('.badge').first()).toHaveText(ko['lab.verdict.badge.passed'] ?? '');
    await expect(verdict.locator('.notice a')).toHaveAttribute('href', '#lab-nproc');
  });
});

test('nothing that is pasted leaves the page', async ({ page, site }) => {
  // The page's own icon comes late.
  await page.goto(korean, { waitUntil: 'networkidle' });
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${request.url().replace(site.origin, '')}`));
  await check(page, passed);
  await check(page, 'secret-of-the-reader');
  for (const line of sent) expect(line).toMatch(/^GET \/(?:_astro\/[\w.-]+\.js|labs\/emfile\.ko\.json)$/);
});

test('what cannot be loaded is said, the paste stays, and the next try works', async ({ page }) => {
  await page.goto(korean);
  await page.route('**/labs/emfile.ko.json', (route) => route.abort(), { times: 1 });
  const pane = page.locator('#check-emfile');
  await pane.locator('textarea').fill(passed);
  await pane.locator('button[type=submit]').click();
  await expect(pane.locator('> [role=status]')).toHaveText(ko['lab.check.loadFailed'] ?? '');
  await expect(pane.locator('textarea')).toHaveValue(passed);
  await pane.locator('button[type=submit]').click();
  await expect(pane.locator('.verdict .badge').first()).toHaveText(ko['lab.verdict.badge.passed'] ?? '');
  await expect(pane.locator('> [role=status]')).toHaveClass(/sr-only/);
});

test('a file can be chosen, and Clear starts again', async ({ page }) => {
  await page.goto(korean);
  const pane = page.locator('#check-emfile');
  await pane
    .locator('input[type=file]')
    .setInputFiles({ name: 'out.txt', mimeType: 'text/plain', buffer: Buffer.from(passed) });
  await expect(pane.locator('.verdict .badge').first()).toHaveText(ko['lab.verdict.badge.passed'] ?? '');
  await pane.locator('button[type=reset]').click();
  await expect(pane.locator('.verdict')).toBeHidden();
  await expect(pane.locator('textarea')).toBeFocused();
  await expect(pane.locator('textarea')).toHaveValue('');
});

test('the copied block is the script, whole', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(korean);
  await page.locator('#lab-emfile copy-text button').click();
  await expect(page.locator('#lab-emfile .lab-copied')).toHaveText(ko['lab.copied'] ?? '');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(copyBlock('emfile', read('emfile/lab.sh')));
});

test('where copying is refused, the block is selected', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('refused')) } });
  });
  await page.goto(korean);
  await page.locator('#lab-emfile copy-text button').click();
  await expect(page.locator('#lab-emfile .lab-copied')).toHaveText(ko['lab.copyFailed'] ?? '');
  const selected = await page.evaluate(() => getSelection()?.toString() ?? '');
  expect(selected).toContain("cat > emfile.sh <<'LAB'");
});

test('the file to download is the one that is run, with its checksum', async ({ page, request }) => {
  await page.goto(korean);
  const script = await (await request.get('/labs/emfile.sh')).text();
  expect(script).toBe(read('emfile/lab.sh'));
  const sum = createHash('sha256').update(script).digest('hex');
  await expect(page.locator('#lab-emfile .lab-checksum')).toContainText(sum);
  expect(await (await request.get('/labs/SHA256SUMS')).text()).toContain(`${sum}  emfile.sh\n`);
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('script, expectation, recordings and checks can be read', async ({ page }) => {
    await page.goto(korean);
    const pane = page.locator('#lab-emfile');
    await expect(pane.locator('.lab-script')).toContainText('begin emfile');
    await expect(pane.locator('check-output form')).toBeHidden();
    await expect(pane.locator('[data-without-script]')).toHaveText(ko['lab.check.noScript'] ?? '');
    for (const summary of await pane.locator('.lab-reference summary').all()) await summary.click();
    await expect(pane.locator('.lab-recording').first()).toContainText('== end emfile');
    await expect(pane.locator('.lab-checks tbody tr').first()).toBeVisible();
    await expect(pane.locator('.lab-legend')).toBeVisible();
  });
});

for (const [colorScheme, width] of [
  ['light', 1280],
  ['dark', 360],
] as const)
  test(`axe finds nothing in a failed verdict (${colorScheme}, ${width} px), and nothing is cut off`, async ({
    page,
  }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(korean);
    const pane = page.locator('#lab-emfile');
    await pane.locator('details').evaluateAll((all) => {
      for (const one of all) (one as HTMLDetailsElement).open = true;
    });
    await check(page, passed.replace(/^ok 1 - (\S+)$/m, 'not ok 1 - $1'));
    const { violations } = await new AxeBuilder({ page }).include('#lab-emfile').analyze();
    expect(violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

test.describe('the limits.conf exercise', () => {
  test('says again what becomes of each line, until every line works', async ({ page }) => {
    await page.goto(korean);
    const pane = page.locator('lint-limits-conf');
    const tally = pane.locator('[data-tally]');
    const before = await pane.locator('.conf-lines > li').count();
    await expect(tally).not.toContainText(ko['lab.conf.solved'] ?? '');
    await pane.locator('textarea').fill('app soft nofiles 4096\n<img src=x onerror="document.title=1">\n');
    await expect(pane.locator('.conf-lines > li')).toHaveCount(2);
    await expect(pane.locator('.conf-lines > li').first()).toContainText('unknown limit item');
    await expect(pane.locator('.conf-lines img')).toHaveCount(0);
    await pane.locator('textarea').fill('app soft nofile 1200\n\napp hard nofile 4096\n');
    await expect(tally).toContainText(ko['lab.conf.solved'] ?? '');
    await expect(pane.locator('.conf-lines > li').nth(1)).toHaveAttribute('value', '3');
    await pane.locator('button[type=reset]').click();
    await expect(pane.locator('.conf-lines > li')).toHaveCount(before);
    await expect(tally).not.toContainText(ko['lab.conf.solved'] ?? '');
  });

  test('the page and the browser say the same about the example', async ({ page }) => {
    await page.goto(`/en${korean}`);
    const lines = page.locator('lint-limits-conf .conf-lines > li');
    const built = (await lines.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim());
    await page.locator('lint-limits-conf textarea').press('ControlOrMeta+End');
    await page.keyboard.type('x');
    await expect(lines).toHaveCount(built.length + 1);
    await page.keyboard.press('Backspace');
    await expect(lines).toHaveCount(built.length);
    const linted = (await lines.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim());
    expect(linted.map(squeeze)).toEqual(built.map(squeeze));
  });

  test('axe finds nothing', async ({ page }) => {
    await page.goto(korean);
    const { violations } = await new AxeBuilder({ page }).include('lint-limits-conf').analyze();
    expect(violations).toEqual([]);
  });
});

/** Templates have spaces between elements that code has not. */
const squeeze = (text: string) => text.replaceAll(' ', '');
