/**
 * `npm run bench:vm-page`: from the press on Run to the prompt in Chromium, and what the tab takes, with dist/ and the image that are built.
 *
 *   npm run bench:vm-page -- nproc     with this lab instead of emfile
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { type Browser, type CDPSession, chromium } from '@playwright/test';
import { browserMemoryMB } from '../src/components/lab/browser-size.ts';
import { ImageSite, image, LabPane } from '../tests/browser/linux-vm/fixtures.ts';
import { launchOptions } from '../tests/browser/support/chromium.ts';

const rounds = 3;
const lab = process.argv[2] ?? 'emfile';
const site = new ImageSite();
await site.start();

interface Figures {
  measures: [step: string, from: number, ms: number][];
  longTasks: number[];
}

/** Presses Run, waits for the lab's first line, and gives the steps, which the page puts into its own timeline. */
async function press(it: LabPane): Promise<Figures> {
  await it.page.evaluate(() => {
    const figures = { pressed: 0, longTasks: [] as number[] };
    Object.assign(globalThis, { figures });
    new PerformanceObserver((list) => {
      figures.longTasks.push(...list.getEntries().map(({ duration }) => Math.round(duration)));
    }).observe({ entryTypes: ['longtask'] });
    addEventListener('keydown', ({ timeStamp }) => (figures.pressed = timeStamp), { capture: true, once: true });
  });
  await it.press('run');
  await it.terminal.getByText(`== lab ${it.id}`).waitFor({ timeout: 300_000 });
  return it.page.evaluate(() => {
    const { pressed, longTasks } = (globalThis as unknown as { figures: { pressed: number; longTasks: number[] } })
      .figures;
    const measures = performance
      .getEntriesByType('measure')
      .filter(({ name }) => name.startsWith('linux-vm: '))
      .map(({ name, startTime, duration }): [string, number, number] => [
        name.slice(10),
        startTime - pressed,
        duration,
      ]);
    return { measures, longTasks };
  });
}

/** Of the process of the page, in MB: what it alone has, and its part of what it shares. */
async function memory(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1] ?? 0));
  return Math.round((Math.max(...sizes) * 1024) / 1e6);
}

function show(name: string, { measures, longTasks }: Figures): void {
  const end = (step: string) => {
    const found = measures.find(([one]) => one === step);
    return found && found[1] + found[2];
  };
  const ms = (value: number | undefined) => (value === undefined ? '-' : `${Math.round(value)} ms`);
  const [prompt, settled, arrived] = [end('restore'), end('settle'), end('download')];
  const steps = measures.map(([step, , took]) => `${step} ${Math.round(took)}`).join(', ');
  const after = arrived === undefined || prompt === undefined ? undefined : prompt - arrived;
  console.log(
    `${name.padEnd(14)} press to prompt ${ms(prompt).padStart(8)}, last byte to prompt ${ms(after).padStart(8)}, press to lab ${ms(settled).padStart(8)}  (${steps}; long tasks: ${longTasks.join(', ') || 'none'})`,
  );
}

async function round(browser: Browser, number: number): Promise<void> {
  const context = await browser.newContext({ baseURL: site.origin });
  const page = await context.newPage();
  const session = await browser.newBrowserCDPSession();
  await page.goto(`/en/labs/${lab}/`);
  const it = new LabPane(page, lab);
  await it.button('run').scrollIntoViewIfNeeded();
  await page.waitForTimeout(1000);
  const before = await memory(session);
  show(`${number} downloaded`, await press(it));
  const during = await memory(session);
  await it.verdict.waitFor({ timeout: 600_000 });
  const after = await memory(session);
  await page.reload();
  await it.button('run').scrollIntoViewIfNeeded();
  await page.waitForTimeout(1000);
  show(`${number} kept`, await press(it));
  const kept = await memory(session);
  await it.press('stop');
  await page.waitForTimeout(3000);
  const stopped = await memory(session);
  console.log(
    `${''.padEnd(14)} the page's process: ${before} MB, with the machine ${during}, at the verdict ${after}, out of the cache ${kept}, stopped ${stopped}; said of the machine: ${browserMemoryMB}`,
  );
  await context.close();
}

const { kernel, v86, state } = image();
console.log(`Linux ${kernel}, v86 ${v86}, ${state.bytes} bytes; ${os.availableParallelism()} processors`);
for (let number = 1; number <= rounds; number++) {
  const browser = await chromium.launch(await launchOptions({ network: false }));
  console.log(`load ${os.loadavg()[0]?.toFixed(1)}`);
  await round(browser, number);
  await browser.close();
}
await site.stop();
process.exit();
