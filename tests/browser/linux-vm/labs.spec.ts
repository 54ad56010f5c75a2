/** Labs on the real machine in the tab, through the page, by keyboard. */
import AxeBuilder from '@axe-core/playwright';
import { expect, manifest, test, whyNot, words } from './fixtures.ts';

test.skip(!manifest, whyNot);
// Other tests run beside this one, and the guest is emulated: a lab of a second may take a minute.
test.setTimeout(360_000);

for (const id of ['emfile', 'orphan-zombie', 'nproc'])
  test(`${id} runs in the tab and passes, and the terminal is the reader's afterwards`, async ({ lab, page, site }) => {
    await page.addInitScript(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { longTasks: tasks });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(Math.round(duration));
      }).observe({ entryTypes: ['longtask'] });
    });
    const it = await lab(id);
    const input = it.terminal.getByRole('textbox');
    expect(site.asked).toEqual([]);
    const began = Date.now();
    await it.press('run');
    await it.expectToPass();
    const took = Date.now() - began;
    await expect(it.status).toContainText('exit code 0');
    await expect(it.pane.locator('[data-part=machine]')).toHaveText(/^Linux 6\.1, Debian 12, in your browser$/);
    await expect(it.transcript).toContainText(`== lab ${id} v1`);
    // The focus has not been taken away.
    await expect(it.button('run')).toBeFocused();
    await input.focus();
    await it.command('echo $((6 * 7)) is the answer');
    await expect(it.terminal).toContainText('42 is the answer', { timeout: 60_000 });
    // Escape and then Tab leaves; Tab alone is the shell's.
    await page.keyboard.press('Tab');
    await expect(input).toBeFocused();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect(input).not.toBeFocused();
    const tasks = await page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
    console.log(`${id}: press to verdict ${took} ms; long tasks of the page: ${tasks.join(', ') || 'none'} (ms)`);
  });

test('axe finds nothing on a terminal that runs', async ({ lab, page }) => {
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 120_000 });
  const during = await new AxeBuilder({ page }).include('#vm-emfile').analyze();
  expect(during.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await it.expectToPass();
  const after = await new AxeBuilder({ page }).include('#vm-emfile').analyze();
  expect(after.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});

test('a second machine needs no download, and restart gives a fresh one', async ({ lab, page, site }) => {
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 120_000 });
  const first = site.asked.toSorted();
  expect(first).toEqual([manifest?.library.file, manifest?.state.file, manifest?.wasm.file].toSorted());
  site.asked = [];
  const began = Date.now();
  await it.press('restart');
  await it.prompt();
  console.log(`press to prompt out of the cache: ${Date.now() - began} ms`);
  await it.command('touch trace; ls');
  await expect(it.terminal).toContainText('emfile.sh', { timeout: 60_000 });
  await expect(it.terminal).toContainText('trace');
  await it.press('restart');
  await expect(it.terminal).not.toContainText('trace');
  await it.prompt();
  await it.command('ls; echo list-ends');
  await expect(it.terminal).toContainText(/emfile\.sh[\s\S]*list-ends/, { timeout: 60_000 });
  await expect(it.terminal).not.toContainText('trace');
  // Nor after a reload, nor on another lab's page.
  await page.goto('/en/labs/nproc/');
  await page.locator('#vm-nproc').getByRole('button', { name: words['vm.run'], exact: true }).press('Enter');
  await expect(page.locator('#vm-nproc .lab-vm-terminal')).toContainText('== lab nproc', { timeout: 120_000 });
  expect(site.asked).toEqual([]);
});

const endless: [string, string, RegExp][] = [
  ['an endless loop', 'while :; do :; done', /./],
  ['a flood of 100 MB', 'yes "$(printf %01000d)" | head -c 100000000', /0{50}/],
  ['a fork bomb', 'bomb() { bomb | bomb & }; bomb; while :; do :; done', /./],
];
for (const [name, script, shown] of endless)
  test(`Stop ends ${name} within a second, and the page goes on`, async ({ lab, page }) => {
    // The lab's own script replaced on its way into the page: the rest is as for every lab.
    const it = await lab('emfile');
    await page.evaluate((text) => {
      const block = document.getElementById('block-emfile');
      if (block) block.textContent = `cat > emfile.sh <<'LAB'\necho begins\n${text}\nLAB\nbash emfile.sh\n`;
    }, script);
    await it.press('run');
    await expect(it.terminal).toContainText('begins', { timeout: 120_000 });
    await expect(it.terminal).toContainText(shown);
    await page.waitForTimeout(3000);
    if (name.includes('flood')) {
      await expect(it.pane.getByText(words['vm.flood'])).toBeVisible({ timeout: 120_000 });
      const size = await it.transcript.evaluate(({ textContent }) => textContent?.length ?? 0);
      expect(size).toBeLessThan(1_000_000);
    }
    const took = await page.evaluate(async (label) => {
      const button = [...document.querySelectorAll<HTMLElement>('#vm-emfile button')].find(
        ({ textContent }) => textContent?.trim() === label,
      );
      const status = document.querySelector('#vm-emfile [data-part=status]');
      const from = performance.now();
      button?.click();
      while (!status?.textContent?.startsWith('Stopped')) await new Promise((done) => setTimeout(done, 10));
      return Math.round(performance.now() - from);
    }, words['vm.stop']);
    console.log(`Stop of ${name}: ${took} ms`);
    // The page waits 950 ms at most; the rest is for a busy machine.
    expect(took).toBeLessThan(1500);
    // A fresh one comes up after it.
    await it.press('restart');
    await it.prompt();
  });
