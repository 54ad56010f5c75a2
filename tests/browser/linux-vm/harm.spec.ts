/** What a lab, or a reader in its terminal, may do to the machine: the page goes on, and Stop works within a second. */
import { expect, type LabPane, skipped, test, whyNot, words } from './fixtures.ts';

test.skip(skipped, whyNot);
test.use({ actionTimeout: 60_000 });
test.setTimeout(400_000);

type Timed = typeof globalThis & { stopped?: Promise<number> };

/** Milliseconds from the key that is pressed on Stop to the words that say so, with the page's own clock. */
async function stopped(it: LabPane): Promise<number> {
  await it.button('stop').focus();
  await it.pane.evaluate((pane) => {
    const status = pane.querySelector('[data-part=status]');
    let pressed = 0;
    pane.addEventListener('keydown', ({ timeStamp }) => (pressed = timeStamp), { capture: true, once: true });
    (globalThis as Timed).stopped = new Promise((resolve) => {
      new MutationObserver(() => {
        if (status?.textContent?.startsWith('Stopped')) resolve(performance.now() - pressed);
      }).observe(status ?? pane, { childList: true, characterData: true, subtree: true });
    });
  });
  await it.page.keyboard.press('Enter');
  return Math.round((await it.page.evaluate(() => (globalThis as Timed).stopped)) ?? Number.NaN);
}

const flood = 'yes "$(printf %01000d)" | head -c 100000000';

for (const [name, script, shown] of [
  ['an endless loop', 'while :; do :; done', /begins/],
  ['a flood of 100 MB', flood, /0{50}/],
  ['a fork bomb', 'bomb() { bomb | bomb & }; bomb; while :; do :; done', /begins/],
  // Again and again: the kernel ends what fills the memory after a few seconds, and the lab would be over before Stop is pressed.
  ['a script that fills memory and disk', 'cat /dev/zero >fill & while :; do tail /dev/zero; done', /begins/],
] as const)
  test(`Stop ends ${name} within a second, and the page goes on`, async ({ lab, page }) => {
    const it = await lab('emfile');
    await it.script(`echo begins\n${script}`);
    await it.press('run');
    await expect(it.terminal).toContainText(shown, { timeout: 180_000 });
    // Long enough for the harm to be done.
    await page.waitForTimeout(5000);
    if (script === flood) {
      await expect(it.pane.getByText(words['vm.flood'])).toBeVisible({ timeout: 300_000 });
      await expect(it.button('stop')).toBeVisible();
    }
    const took = await stopped(it);
    console.log(`Stop of ${name}: ${took} ms`);
    expect(took).toBeLessThan(1000);
    await expect.poll(() => page.workers().length).toBe(0);
    const size = await it.transcript.evaluate(({ textContent }) => textContent?.length ?? 0);
    expect(size).toBeLessThanOrEqual(262_144);
    // A fresh one comes up after it.
    await it.press('restart');
    await it.prompt();
  });

test('what a reader floods the terminal with is capped too, and Ctrl-C gives the prompt back', async ({
  lab,
  page,
}) => {
  const it = await lab('emfile');
  await it.on();
  await it.command(flood);
  await expect(it.pane.getByText(words['vm.flood'])).toBeVisible({ timeout: 300_000 });
  await page.keyboard.press('Control+c');
  await it.command('clear; echo back $((6 * 7))');
  await expect(it.terminal).toContainText('back 42', { timeout: 180_000 });
});
