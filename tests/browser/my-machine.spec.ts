/** "My machine" and the notes in the labs, with the recordings of this repository as the reader's output. */
import { readdirSync, readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { readProbe } from '../../src/checker/probe.ts';
import { copyBlock } from '../../src/components/lab/script.ts';
import { parseRecording } from '../../src/runtime/transcript.ts';
import { expect, test } from './support/test.ts';

const folder = 'src/content/probe';
const fixtures = 'tests/unit/checker/fixtures';
const words = (language: string) =>
  JSON.parse(readFileSync(`src/content/i18n/${language}.json`, 'utf8')) as Record<string, string>;
const { ko, en } = { ko: words('ko'), en: words('en') };
const script = readFileSync(`${folder}/probe.sh`, 'utf8');
const recordings = readdirSync(`${folder}/recorded`).map((name) => ({
  id: name.replace('.txt', ''),
  text: `${parseRecording(readFileSync(`${folder}/recorded/${name}`, 'utf8')).runs[0]?.output}\n`,
}));
const recorded = (id: string) => recordings.find((one) => one.id === id)?.text ?? '';
const user = recorded('debian-12-user');
const korean = '/my-machine/';
const english = '/en/my-machine/';
const key = 'my-machine';

/** A recording with other values: another machine. */
const changed = (values: Record<string, string>, text = user) =>
  Object.entries(values).reduce((all, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm');
    if (!line.test(all)) throw new Error(`there is no fact ${name}`);
    return all.replace(line, `${name}=${value}`);
  }, text);

const box = (page: Page) => page.locator('my-machine');
const result = (page: Page) => box(page).locator('[data-result]');
const problem = (page: Page) => box(page).locator('[data-problem]');
const row = (page: Page, id: string) => result(page).locator(`[data-fact-row="${id}"]`);
const stored = (page: Page) => page.evaluate((name) => localStorage.getItem(name), key);

/** What the browser does on Ctrl+V, with 5 MB. Typing that much would take the test longer than its time. */
async function pasteLarge(textarea: Locator): Promise<void> {
  await textarea.evaluate((area) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'kernel=6\n'.repeat(560_000));
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
}

async function compare(page: Page, text: string): Promise<Locator> {
  await box(page).locator('textarea').fill(text);
  await box(page).locator('button[type=submit]').click();
  await expect(box(page).locator('.verdict:not([hidden]) h4').first()).toBeFocused();
  return result(page);
}

test('a recorded machine is nearest to itself, and nothing differs', async ({ page }) => {
  await page.goto(english);
  for (const { id, text } of recordings)
    await test.step(id, async () => {
      const shown = await compare(page, text);
      await expect(shown.locator('.machine-choice input:checked')).toHaveCount(1);
      await expect(shown.locator('label').first().locator('.badge')).toHaveText(en['machine.nearest'] ?? '');
      const nearest = await shown.locator('.machine-choice input:checked').inputValue();
      expect(readProbe(recorded(nearest)).facts).toEqual(readProbe(text).facts);
      await expect(shown.locator('.notice[data-kind=ok]')).toHaveText(en['machine.noDifference'] ?? '');
    });
});

test('what differs stands in a table, each with its explanation; what does not is folded away', async ({ page }) => {
  await page.goto(english);
  const shown = await compare(
    page,
    changed({ limit_nofile: '128:128', login_shell: 'fish', limit_stack: 'unlimited:unlimited' }),
  );
  await expect(shown.locator('h4')).toContainText('Debian 12 · bash 5.2 · Node 24');
  await expect(shown.locator('tbody')).toHaveCount(3);
  await expect(row(page, 'limit_nofile')).toContainText('128 / 128');
  await expect(row(page, 'limit_nofile')).toContainText('20000 / 20000');
  await expect(row(page, 'limit_nofile')).toContainText('the steps with Node will be skipped');
  await expect(row(page, 'limit_nofile').getByRole('link', { name: 'emfile' })).toHaveAttribute(
    'href',
    '/en/labs/emfile/',
  );
  await expect(row(page, 'login_shell')).toContainText('fish has no');
  const all = Object.keys(readProbe(user).facts).length;
  await expect(shown.locator('.machine-unchanged summary')).toContainText(`${all - 3}`);
  await expect(shown.locator('.machine-unchanged dl')).toBeHidden();
  await shown.locator('.machine-unchanged summary').click();
  await expect(shown.locator('.machine-unchanged dl > div')).toHaveCount(all - 3);
});

test('every difference between recorded machines is explained, in both languages', async ({ page }) => {
  test.slow();
  for (const address of [korean, english]) {
    await page.goto(address);
    const shown = await compare(page, recorded('debian-12-systemd-user'));
    for (const input of await shown.locator('.machine-choice input').all()) await input.uncheck();
    for (const { id } of recordings) {
      await shown.locator(`input[value="${id}"]`).check();
      const silent = await shown
        .locator('.machine-why')
        .evaluateAll(
          (all) => all.filter((one) => (one.querySelector('p')?.textContent ?? '').trim().length < 5).length,
        );
      expect([id, silent]).toEqual([id, 0]);
      await shown.locator(`input[value="${id}"]`).uncheck();
    }
  }
});

test('other machines can be put beside it', async ({ page }) => {
  await page.goto(english);
  const shown = await compare(page, user);
  await shown.locator('input[value="debian-12-root"]').check();
  await expect(shown.locator('thead th')).toHaveCount(4);
  await expect(row(page, 'uid_class')).toContainText('every limit applies');
  await expect(row(page, 'uid_class')).toContainText(en['machine.equal'] ?? '');
  await expect(box(page).locator('[role=status]')).toContainText(/^\d+ differ/);
  for (const input of await shown.locator('.machine-choice input').all()) await input.uncheck();
  await expect(shown.locator('.notice')).toHaveText(en['machine.chooseOne'] ?? '');
});

test('pasted text stays text', async ({ page }) => {
  await page.goto(english);
  const evil = '<img src=x onerror="document.title=1">';
  const shown = await compare(page, changed({ kernel: evil, distribution: `x${evil}`, shell: evil }));
  await expect(row(page, 'kernel')).toContainText(evil);
  await expect(shown.locator('h4')).toContainText(evil);
  await expect(box(page).locator('img')).toHaveCount(0);
});

test.describe('what cannot be read', () => {
  const fixture = (name: string) => readFileSync(`${fixtures}/${name}`, 'utf8');
  const cases: Record<string, string> = {
    empty: '  \n',
    binary: 'ab\u0000cd'.repeat(20),
    'lab-output': readFileSync('src/content/labs/emfile/recorded/debian-12-user.txt', 'utf8'),
    'lab-output.piece': 'ok 1 - a\nok 2 - b\n',
    'script-text': script,
    refused: 'run me with: bash probe.sh\n',
    'not-linux': '== probe v1\nos=Darwin\nBail out! The probe needs Linux with /proc.\n',
    'other-version': user.replace('v1', 'v7'),
    'korean-shell': fixture('probe-korean-shell.txt'),
    'script-not-found': 'bash: probe.sh: 그런 파일이나 디렉터리가 없습니다\n',
    'shell-error': 'bash: fact: command not found\n',
    'no-probe-output': 'hello\n',
  };
  const partly: Record<string, string> = {
    'cut-off-end': user.slice(0, user.indexOf('-- step machine')),
    'cut-off-start': user.slice(user.indexOf('-- step limits')),
    'limits-only': fixture('probe-ulimit-bash.txt'),
  };
  /** Up to the first name in it. */
  const start = (name: string) => (ko[`machine.problem.${name}`] ?? 'missing').split('{{')[0] ?? '';

  test('gets a sentence of its own, which is read out too; the text stays in its box, the kept machine kept', async ({
    page,
  }) => {
    test.slow();
    await page.goto(korean);
    await compare(page, user);
    const before = await stored(page);
    expect(before).not.toBeNull();
    for (const [name, text] of Object.entries({ ...cases, ...partly }))
      await test.step(name, async () => {
        await compare(page, text);
        await expect(problem(page).locator('.notice')).toContainText(start(name));
        await expect(problem(page)).not.toContainText('{{');
        await expect(box(page).locator('[role=status]')).toContainText(start(name));
        const value = await box(page).locator('textarea').inputValue();
        expect(value.length).toBeGreaterThanOrEqual(text.replaceAll('\u0000', '').length);
        await expect(box(page).locator('textarea[aria-invalid]')).toHaveCount(name in partly ? 0 : 1);
        // What can be read of a piece is compared; otherwise the kept machine is still there.
        await expect(result(page)).toBeVisible();
        await expect(result(page).locator('.machine-same, .machine-unchanged').first()).toBeVisible();
        if (name in partly) await expect(problem(page)).toContainText(ko['machine.notKept'] ?? '');
        expect(await stored(page)).toBe(before);
      });
  });

  test('5 MB: a file is not read, a paste is refused, and the page goes on', async ({ page }) => {
    await page.goto(korean);
    await box(page).locator('textarea').fill('what I had');
    const buffer = Buffer.alloc(5_000_000, 'kernel=6\n');
    await box(page).locator('input[type=file]').setInputFiles({ name: 'out.txt', mimeType: 'text/plain', buffer });
    await expect(problem(page).locator('.notice')).toContainText(start('too-large'));
    await expect(box(page).locator('textarea')).toHaveValue('what I had');
    await compare(page, user);
    await expect(problem(page)).toBeHidden();
    await pasteLarge(box(page).locator('textarea'));
    await expect(problem(page).locator('.notice')).toContainText(start('too-large'));
    await expect(box(page).locator('textarea')).toHaveValue(user);
  });

  test('output of a lab: with the way to that lab', async ({ page }) => {
    await page.goto(english);
    await compare(page, cases['lab-output'] ?? '');
    await expect(problem(page).locator('a')).toHaveAttribute('href', '/en/labs/emfile/');
  });

  test('limits of a shell are compared as far as they go', async ({ page }) => {
    await page.goto(english);
    await compare(page, (partly['limits-only'] ?? '').replace(/(open files.*) \d+$/m, '$1 77'));
    await expect(result(page).locator('h4')).toHaveText(en['machine.piece'] ?? '');
    await expect(row(page, 'limit_nofile')).toContainText('77 / ?');
    await expect(row(page, 'kernel')).toHaveCount(0);
    expect(await stored(page)).toBeNull();
  });
});

test('the same in a lab: 5 MB, the probe and a shell in Korean get their own sentences there', async ({ page }) => {
  await page.goto('/labs/emfile/');
  const pane = page.locator('#check-emfile');
  const sentence = (name: string) => (ko[`checker.problem.${name}`] ?? 'missing').split('{{')[0] ?? '';
  await pane.locator('textarea').fill('what I had');
  const buffer = Buffer.alloc(5_000_000, 'x\n');
  await pane.locator('input[type=file]').setInputFiles({ name: 'out.txt', mimeType: 'text/plain', buffer });
  await expect(pane.locator('.verdict .notice')).toContainText(sentence('too-large'));
  await expect(pane.locator('textarea')).toHaveValue('what I had');
  await pane.locator('button[type=reset]').click();
  await pane.locator('textarea').fill('what I had');
  await pasteLarge(pane.locator('textarea'));
  await expect(pane.locator('.verdict .notice')).toContainText(sentence('too-large'));
  await expect(pane.locator('textarea')).toHaveValue('what I had');
  for (const [name, text] of [
    ['probe-output', user],
    ['korean-shell', readFileSync(`${fixtures}/probe-korean-shell.txt`, 'utf8')],
    ['script-not-found', 'bash: emfile.sh: No such file or directory'],
    ['korean-output', readFileSync(`${fixtures}/probe-korean-output.txt`, 'utf8')],
  ] as const) {
    await pane.locator('textarea').fill(text);
    await pane.locator('button[type=submit]').click();
    await expect(pane.locator('.verdict .notice').first()).toContainText(sentence(name));
  }
});

test.describe('what is kept', () => {
  test('is there after a reload, in the other language and in other tabs, until it is forgotten', async ({
    page,
    context,
  }) => {
    await page.goto(korean);
    await compare(page, changed({ distribution: 'ubuntu-24.04' }));
    await expect(result(page)).toContainText(ko['machine.kept.browser'] ?? '');
    await page.goto(english);
    await expect(result(page).locator('h4')).toContainText('Ubuntu 24.04');

    const other = await context.newPage();
    await other.goto(english);
    await expect(result(other).locator('h4')).toContainText('Ubuntu 24.04');
    await compare(other, changed({ distribution: 'fedora-43' }));
    await expect(result(page).locator('h4')).toContainText('Fedora 43');
    await expect(box(page).locator('[role=status]')).toContainText(en['machine.changedElsewhere'] ?? '');

    await box(page).locator('textarea').fill('a text that must stay');
    await result(page)
      .getByRole('button', { name: en['machine.forget'] ?? '' })
      .click();
    await expect(result(page)).toBeHidden();
    await expect(box(page).locator('textarea')).toBeFocused();
    await expect(box(page).locator('textarea')).toHaveValue('a text that must stay');
    await expect(result(other)).toBeHidden();
    await expect(box(other).locator('[role=status]')).toContainText(en['machine.forgotten'] ?? '');
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([
      await page.evaluate(() => Object.keys(localStorage).filter((one) => !one.startsWith('my-machine')).length),
      await page.evaluate(() => Object.keys(sessionStorage).filter((one) => !one.startsWith('my-machine')).length),
    ]);
  });

  test('what cannot be read is moved aside, and said so', async ({ page }) => {
    await page.goto(english);
    await page.evaluate((name) => localStorage.setItem(name, '{"version":1,"facts":'), key);
    await page.reload();
    await expect(problem(page)).toContainText(en['machine.movedAside'] ?? '');
    expect(await page.evaluate(() => localStorage.getItem('my-machine.unreadable'))).toBe('{"version":1,"facts":');
    await compare(page, user);
    await expect(problem(page)).toBeHidden();
    await expect(result(page)).toContainText(en['machine.kept.browser'] ?? '');
  });

  for (const [denied, kept] of [
    [['localStorage'], 'tab'],
    [['localStorage', 'sessionStorage'], 'page'],
  ] as const)
    test(`with ${denied.join(' and ')} denied: for the ${kept} only, and said so`, async ({ page }) => {
      await page.addInitScript((names) => {
        for (const name of names)
          Object.defineProperty(window, name, {
            get: () => {
              throw new DOMException('denied', 'SecurityError');
            },
          });
      }, denied);
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.goto(english);
      await compare(page, user);
      await expect(result(page)).toContainText(en[`machine.kept.${kept}`] ?? '');
      await result(page)
        .getByRole('button', { name: en['machine.forget'] ?? '' })
        .click();
      await expect(result(page)).toBeHidden();
      // Starlight's own code reads the storage for its theme; ours must not add to that.
      expect(errors.filter((message) => !/denied|StarlightThemeProvider/.test(message))).toEqual([]);
    });

  test('nothing that is pasted leaves the page', async ({ page, site }) => {
    await page.goto(english, { waitUntil: 'networkidle' });
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.method()} ${request.url().replace(site.origin, '')}`));
    await compare(page, user);
    await compare(page, 'secret-of-the-reader');
    for (const line of sent) expect(line).toMatch(/^GET \/_astro\/[\w.-]+\.js$/);
  });
});

test('a file can be chosen, and Clear starts again', async ({ page }) => {
  await page.goto(korean);
  const file = { name: 'out.txt', mimeType: 'text/plain', buffer: Buffer.from(user.replaceAll('\n', '\r\n')) };
  await box(page).locator('input[type=file]').setInputFiles(file);
  await expect(result(page).locator('h4')).toContainText('Debian 12');
  await box(page).locator('textarea').fill('nonsense');
  await box(page).locator('button[type=submit]').click();
  await expect(problem(page)).toBeVisible();
  await box(page).locator('button[type=reset]').click();
  await expect(problem(page)).toBeHidden();
  await expect(box(page).locator('textarea')).toHaveValue('');
  await expect(box(page).locator('textarea')).toBeFocused();
  await expect(result(page).locator('h4')).toContainText('Debian 12');
});

test('the whole way with the keyboard alone', async ({ page }) => {
  await page.goto(english);
  await box(page).locator('textarea').focus();
  await page.keyboard.insertText(changed({ limit_nofile: '128:128' }));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(result(page).locator('h4')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(result(page).getByRole('button', { name: en['machine.forget'] ?? '' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(result(page).locator('.machine-choice input:checked')).toHaveCount(2);
  for (let at = 0; at < recordings.length && !(await isFocused(page, '.machine-scroll')); at++)
    await page.keyboard.press('Tab');
  expect(await isFocused(page, '.machine-scroll')).toBe(true);
});

const isFocused = (page: Page, selector: string) =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);

test('the copied block is the probe, whole', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(korean);
  await page.locator('copy-text[data-from=block-probe] button').click();
  await expect(page.locator('.machine-probe .lab-copied')).toHaveText(ko['lab.copied'] ?? '');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(copyBlock('probe', script));
});

test.describe('the note in a lab', () => {
  const note = (page: Page, lab: string) => page.locator(`#lab-${lab} machine-note`);

  test('is a quiet line without a machine', async ({ page }) => {
    await page.goto('/labs/emfile/');
    await expect(note(page, 'emfile').locator('[data-quiet]')).toBeVisible();
    await expect(note(page, 'emfile').locator('[data-mine]')).toBeHidden();
    await note(page, 'emfile').getByRole('link').click();
    await expect(page).toHaveURL(/\/my-machine\/$/);
  });

  test('says what to expect on the machine that is kept, on the lab page and in a lesson', async ({
    page,
    context,
  }) => {
    await page.goto(english);
    await compare(page, changed({ limit_nofile: '128:128', node: 'none', node_usable: 'no', prlimit: 'no' }));
    for (const address of ['/en/labs/emfile/', '/en/troubleshooting/lab-ulimit/']) {
      await page.goto(address);
      const mine = note(page, 'emfile').locator('[data-mine]');
      await expect(mine).toContainText('Debian 12 · bash 5.2');
      // Known causes, in the words of the lab's check.
      await expect(mine).toContainText('There is no node on the PATH');
      await expect(mine).toContainText('prlimit is missing');
      // What facts.yaml says about this lab.
      await expect(mine).toContainText('The hard limit is below 256');
      // The limits that it is about.
      await expect(mine.locator('dl')).toContainText('128 / 128');
      await expect(mine).not.toContainText('python3');
      await expect(note(page, 'emfile').locator('[data-quiet]')).toBeHidden();
    }
    // Another tab forgets it: the note is quiet again.
    const other = await context.newPage();
    await other.goto(english);
    await result(other)
      .getByRole('button', { name: en['machine.forget'] ?? '' })
      .click();
    await expect(note(page, 'emfile').locator('[data-quiet]')).toBeVisible();
    await expect(note(page, 'emfile').locator('[data-mine]')).toBeHidden();
  });

  test('says so where no difference is known', async ({ page }) => {
    await page.goto(korean);
    await compare(page, recorded('debian-12-systemd-user'));
    await page.goto('/labs/emfile/');
    await expect(note(page, 'emfile').locator('[data-mine]')).toContainText(ko['machine.note.nothing'] ?? '');
  });

  test('does not break a lab when what is kept cannot be read', async ({ page }) => {
    await page.goto('/labs/emfile/');
    await page.evaluate((name) => localStorage.setItem(name, '[1'), key);
    await page.reload();
    await expect(note(page, 'emfile').locator('[data-quiet]')).toBeVisible();
  });
});

test.describe('with JavaScript off', () => {
  test.use({ javaScriptEnabled: false });

  test('the probe, the machines and the meanings can be read', async ({ page }) => {
    await page.goto(korean);
    await expect(page.locator('.machine-probe .lab-script')).toContainText('== probe v1');
    await expect(box(page).locator('form')).toBeHidden();
    await expect(box(page).locator('[data-without-script]')).toHaveText(ko['machine.noScript'] ?? '');
    await expect(page.locator('.machine-table tbody tr').first()).toBeVisible();
    await box(page).locator('.machine-facts summary').click();
    await expect(box(page).locator('.machine-meanings > div').first()).toBeVisible();
    await page.goto('/labs/emfile/');
    await expect(page.locator('machine-note [data-quiet]')).toBeVisible();
  });
});

for (const [colorScheme, width, address] of [
  ['light', 1280, korean],
  ['dark', 360, english],
  ['light', 360, korean],
  ['dark', 1280, english],
] as const)
  test(`axe finds nothing in a comparison, a problem and a note (${colorScheme}, ${width} px, ${address})`, async ({
    page,
  }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(address);
    const check = async (place: string) => {
      await page.locator(`${place} details`).evaluateAll((all) => {
        for (const one of all) (one as HTMLDetailsElement).open = true;
      });
      const { violations } = await new AxeBuilder({ page }).include(place).analyze();
      expect(violations).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    };
    await compare(page, changed({ limit_nofile: '128:128', node: 'none', file_max: '9223372036854775807' }));
    await result(page).locator('.machine-choice input').nth(1).check();
    await result(page).locator('.machine-choice input').nth(2).check();
    await check('my-machine');
    await compare(page, user.slice(user.indexOf('-- step limits')));
    await check('my-machine');
    await check('section[aria-labelledby=machine-recorded]');
    await page.goto(address.replace('my-machine', 'labs/emfile'));
    await expect(page.locator('machine-note [data-mine]')).toBeVisible();
    await check('machine-note');
  });
