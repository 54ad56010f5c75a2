/** Labs on the real machine in the tab, through the page, by keyboard. */
import AxeBuilder from '@axe-core/playwright';
import { expect, image, skipped, test, whyNot, words } from './fixtures.ts';

test.skip(skipped, whyNot);
test.use({ actionTimeout: 60_000 });
// Other tests run beside this one, and the guest is emulated: a lab of a second may take minutes.
test.setTimeout(600_000);

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
    await expect(it.pane.locator('[data-part=programs]')).toHaveText(/bash 5\.2.* BusyBox 1\.35/);
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

test('the machine has the clock of the reader, and the size of the terminal', async ({ lab }) => {
  const it = await lab('emfile');
  await it.on();
  await it.command('echo clock $(date +%s), $(stty size)');
  await expect(it.terminal).toContainText(/clock \d+, \d+ \d+/, { timeout: 60_000 });
  const [, clock, rows, columns] = /clock (\d+), (\d+) (\d+)/.exec((await it.terminal.textContent()) ?? '') ?? [];
  expect(Math.abs(Number(clock) - Date.now() / 1000)).toBeLessThan(120);
  // As many lines as are drawn, and not the size with which the machine began.
  expect(Number(rows)).toBe(await it.terminal.locator('.xterm-rows > div').count());
  expect(Number(columns)).not.toBe(80);
});

test('axe finds nothing on a terminal that runs', async ({ lab, page }) => {
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 180_000 });
  const during = await new AxeBuilder({ page }).include('#vm-emfile').analyze();
  expect(during.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await it.expectToPass();
  const after = await new AxeBuilder({ page }).include('#vm-emfile').analyze();
  expect(after.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});

test('a lesson leads to the machine of its lab', async ({ page, site }) => {
  await page.goto(`${site.origin}/en/troubleshooting/lab-ulimit/`);
  await page.locator('#lab-emfile').getByRole('link', { name: words['vm.there'] }).press('Enter');
  await expect(page).toHaveURL(/\/en\/labs\/emfile\/#vm-emfile$/);
  await expect(page.locator('#vm-emfile').getByRole('button', { name: words['vm.run'], exact: true })).toBeInViewport();
});

test('a second machine needs no download, and restart gives a fresh one', async ({ lab, page, site }) => {
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 180_000 });
  const first = site.asked.toSorted();
  expect([...new Set(first)]).toEqual([image().library.file, image().state.file, image().wasm.file].toSorted());
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
  await page.goto('/en/labs/orphan-zombie/');
  const other = page.locator('#vm-orphan-zombie');
  await other.getByRole('button', { name: words['vm.run'], exact: true }).press('Enter');
  await expect(other.locator('.lab-vm-terminal')).toContainText('== lab orphan-zombie', { timeout: 180_000 });
  expect(site.asked).toEqual([]);
});

test('with the site gone, the open page starts another machine', async ({ lab, context, site }) => {
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 180_000 });
  await site.stop();
  await context.setOffline(true);
  await it.press('restart');
  await it.prompt();
  await it.command('echo still $((6 * 7))');
  await expect(it.terminal).toContainText('still 42', { timeout: 60_000 });
});

test('what neither the site nor the browser has any more comes out of our own cache', async ({ lab, page, site }) => {
  const it = await lab('emfile');
  await it.press('run');
  await expect(it.terminal).toContainText('== lab emfile', { timeout: 180_000 });
  const browser = await page.context().newCDPSession(page);
  await browser.send('Network.clearBrowserCache');
  site.faults.missing = true;
  await it.press('restart');
  await it.prompt();
});

test('in a hidden tab the machine stands still', async ({ lab, page }) => {
  const it = await lab('emfile');
  const look = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  const counted = async () => {
    const shown = (await it.terminal.locator('.xterm-rows').textContent()) ?? '';
    return Math.max(...[...shown.matchAll(/count (\d+)/g)].map(([, count]) => Number(count)));
  };
  await it.script('i=0; while :; do echo "count $((i += 1))"; sleep 0.2; done');
  await it.press('run');
  await expect(it.terminal).toContainText('count 3', { timeout: 180_000 });
  await look(true);
  await page.waitForTimeout(2000);
  const before = await counted();
  await page.waitForTimeout(6000);
  expect(await counted()).toBe(before);
  await look(false);
  await expect.poll(counted, { timeout: 60_000 }).toBeGreaterThan(before + 3);
});

test('leaving the page ends the machine', async ({ lab, page }) => {
  const it = await lab('emfile');
  await it.on();
  expect(page.workers()).toHaveLength(1);
  await page.goto('/en/labs/');
  await expect.poll(() => page.workers().length).toBe(0);
  // Out of the browser's memory of pages, where it may stand as it was left.
  await page.goBack();
  expect(page.workers()).toEqual([]);
});
