import { type Finding, probePack } from '../../network/probe-pack.ts';
import { expect, pointToStandIn, test } from './fixtures.ts';

test('the probe pack works and is bounded: its answers on the stand-in host (ours) are those of the Node behind it', async ({
  context,
  host,
  site,
}) => {
  test.setTimeout(120_000);
  await pointToStandIn(context, host);
  const page = await context.newPage();
  await page.goto(`${site.origin}/probe/`);
  await page.evaluate(() => probe.boot());
  const found: Record<string, Finding> = {};
  for (const one of probePack) found[one.question] = await page.evaluate((it) => probe.ask(it), one);

  const text = (question: string) => found[question]?.output.trim();
  expect(text('node --version')).toBe(process.version);
  const plain = Number(text('heap_size_limit without a flag'));
  const flagged = Number(text('heap_size_limit with --max-old-space-size=64'));
  expect(flagged).toBeGreaterThanOrEqual(64);
  expect(flagged).toBeLessThan(plain);
  expect(Number(text('heap_size_limit with NODE_OPTIONS=--max-old-space-size=64'))).toBe(flagged);
  expect(text('process.execArgv')).toBe('["--max-old-space-size=64"]');
  expect(found['an unknown flag']?.code).toBe(9);
  expect(text('--expose-gc')).toBe('function');
  expect(text('filling the heap to 96 MiB')).toMatch(/own bound reached$/);
  expect(found['filling the heap to 96 MiB with --max-old-space-size=64']).toMatchObject({ code: 134 });
  expect(text('a worker with resourceLimits')).toContain('error ERR_WORKER_OUT_OF_MEMORY');
  expect(text('fork')).toBe('hello');
  expect(found['a kill']).toMatchObject({ code: 143, outputClosed: true });
  expect(found['a kill of a busy program']).toMatchObject({ code: 143 });
});
