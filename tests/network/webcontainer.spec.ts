/**
 * The real WebContainer of stackblitz.com, in a real browser. Opt-in: `WEBCONTAINER_NETWORK=1 npx playwright test --project=network`.
 *
 * What we rely on is asserted: it boots, runs Node, and every run settles. What nobody documents is only written down, in
 * .cache/webcontainer-facts.json: the contract suite's verdicts, and the answers to the probe pack.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../browser/webcontainer/fixtures.ts';
import { contractCases, contractSpec } from '../contract/runtime-contract.ts';
import { type Finding, probePack } from './probe-pack.ts';

const asked = process.env.WEBCONTAINER_NETWORK === '1';
test.skip(!asked, 'opt-in: it needs the internet and stackblitz.com; set WEBCONTAINER_NETWORK=1 to run it');
test.describe.configure({ mode: 'serial' });

const facts: {
  date: string;
  browser: string;
  bootMs: number | null;
  nodeVersion: string | null;
  contract: Record<string, string>;
  findings: Record<string, Finding>;
} = { date: new Date().toISOString(), browser: '', bootMs: null, nodeVersion: null, contract: {}, findings: {} };

test.afterAll(async () => {
  if (!asked) return;
  const folder = fileURLToPath(new URL('../../.cache/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}webcontainer-facts.json`, `${JSON.stringify(facts, null, 2)}\n`);
});

test('stackblitz.com: boots within 30 s and runs a program', async ({ page, site, browser }) => {
  facts.browser = browser.version();
  await page.goto(`${site.origin}/harness/`);
  const boot = await page.evaluate(() => harness.prepare());
  expect(boot, JSON.stringify(boot)).toEqual(expect.any(Number));
  facts.bootMs = Number(boot);
  facts.nodeVersion = await page.evaluate(() => harness.nodeVersion());
  const { output, result } = await page.evaluate((spec) => harness.run(spec), contractSpec('exit-7'));
  expect(result).toMatchObject({ outcome: 'exited', code: 7 });
  expect(output).toBe('leaving\n');
});

test('stackblitz.com: every run of the contract suite settles; its verdicts are written down', async ({
  page,
  site,
}) => {
  test.setTimeout(900_000);
  await page.goto(`${site.origin}/harness/`);
  for (const { name, deadlineMs } of contractCases('webcontainer')) {
    const verdict = await page.evaluate(
      ({ one, limit }) =>
        Promise.race([
          harness.contract(one).then(
            () => 'kept',
            (error: Error) => error.message,
          ),
          new Promise<string>((resolve) => setTimeout(() => resolve('never settled'), limit)),
        ]),
      { one: name, limit: deadlineMs },
    );
    facts.contract[name] = verdict;
  }
  expect(Object.entries(facts.contract).filter(([, verdict]) => verdict === 'never settled')).toEqual([]);
});

test('stackblitz.com: answers the probe pack', async ({ page, site }) => {
  test.setTimeout(900_000);
  await page.goto(`${site.origin}/probe/`);
  await page.evaluate(() => probe.boot());
  for (const one of probePack) facts.findings[one.question] = await page.evaluate((it) => probe.ask(it), one);
  expect(facts.findings['node --version']?.output).toMatch(/v\d+\.\d+\.\d+/);
});
