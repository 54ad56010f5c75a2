// `npm test`: everything, on a fresh clone too. Installs what is missing, runs every suite, and closes with one line that adds them up.
//
//   npm test                     all suites
//   npm test -- unit content     only these
//   npm test -- unit -t parser   the rest goes to the suite's own runner
//
// A suite that cannot run here is named with its reason; under CI that is a failure.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installIfNeeded } from './install.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const results = join(root, '.cache', 'test-results');
const inCi = process.env.CI === 'true';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(
    `This Node is ${process.versions.node}; 20.11 or newer is needed. Install one from https://nodejs.org and run it again.`,
  );
  process.exit(1);
}
installIfNeeded(root);
const { commandPath, toolchainEnvironment, toolchainNode } = await import('./with-node.mjs');
const node = (() => {
  try {
    return toolchainNode();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
})();

/** Runs a package's command; true when it exits with 0. */
function run(command, args, environment = {}) {
  const argv = command === 'node' ? args : [commandPath(command), ...args];
  return (
    spawnSync(node, argv, { stdio: 'inherit', env: { ...toolchainEnvironment(node), ...environment } }).status === 0
  );
}

const onePass = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, skips: [] });

/** Reads what a reporter wrote. A run that failed without a counted failure (a crash, no file), or that found no test, still counts as one. */
function counted(file, ok, mayBeEmpty, read) {
  let counts = { passed: 0, failed: 0, skipped: 0, skips: [] };
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    counts.failed = 1;
  }
  if (!ok && counts.failed === 0) counts.failed = 1;
  if (ok && counts.passed + counts.skipped === 0 && !mayBeEmpty) counts.failed = 1;
  return counts;
}

function vitest(project, rest) {
  const file = join(results, `${project}.json`);
  rmSync(file, { force: true });
  const args = ['run', '--project', project, '--reporter=default', '--reporter=./tools/vitest-summary.ts', ...rest];
  const ok = run('vitest', args, { COURSE_TEST_SUMMARY: file });
  return counted(file, ok, false, (summary) => summary);
}

async function browser(rest) {
  const { getChromium, howToGetChromium } = await import('./chromium.mjs');
  const chromium = await getChromium();
  if (!chromium)
    return {
      ...onePass(!inCi),
      passed: 0,
      skipped: inCi ? 0 : 1,
      skips: [{ name: 'browser', reason: howToGetChromium }],
    };
  // What presses and waits has the machine for itself; pages that are only looked at may share it.
  const parts = [
    { project: 'pages', workers: Math.min(4, availableParallelism()) },
    { project: 'browser', workers: 1 },
  ].map(({ project, workers }) => {
    const file = join(results, `${project}.json`);
    rmSync(file, { force: true });
    const args = [
      'test',
      `--project=${project}`,
      `--workers=${workers}`,
      '--pass-with-no-tests',
      '--reporter=list,json',
    ];
    const ok = run('playwright', [...args, ...rest], { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: file });
    return counted(file, ok, rest.length > 0, ({ stats, suites, errors }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected + errors.length,
      skipped: stats.skipped,
      skips: suites.flatMap((suite) => specsOf(suite, 'skipped')),
      failures: suites.flatMap((suite) => specsOf(suite, 'unexpected')),
      flaky: suites.flatMap((suite) => specsOf(suite, 'flaky')),
    }));
  });
  const number = (key) => parts.reduce((sum, part) => sum + part[key], 0);
  const list = (key) => parts.flatMap((part) => part[key] ?? []);
  const sum = { passed: number('passed'), failed: number('failed'), skipped: number('skipped') };
  // Each part may be empty where only some files are asked for; both must not be.
  if (sum.passed + sum.failed + sum.skipped === 0) sum.failed = 1;
  return { ...sum, skips: list('skips'), failures: list('failures'), flaky: list('flaky') };
}

/** The tests of a Playwright report that ended in one way, with the reason of a skip or the first line of an error. */
function specsOf({ title, specs = [], suites = [] }, status) {
  const own = specs.flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === status)
      .map((test) => ({
        name: `${title} > ${spec.title}`,
        reason:
          test.annotations.find(({ type }) => type === 'skip')?.description ??
          test.results.at(-1)?.error?.message?.split('\n')[0] ??
          '',
      })),
  );
  return [...own, ...suites.flatMap((suite) => specsOf(suite, status))];
}

/** The deployed build and the local one, which holds the local runner; the site and browser suites look at them. */
const builds = { done: false };
function build() {
  if (builds.done) return onePass(true);
  builds.done = true;
  // Before the build takes a copy of it. Elsewhere the tests of the image are skipped where there is none, and say so.
  const image = !inCi || run('node', ['linux-vm/build.ts']);
  const deployed = run('astro', ['build']);
  const local = run('astro', ['build', '--outDir', 'dist-local'], { LOCAL_RUNNER: '1' });
  return {
    ...onePass(deployed && local),
    passed: Number(deployed) + Number(local),
    failed: Number(!deployed) + Number(!local) + Number(!image),
  };
}

const suites = {
  types: (rest) => onePass(run('astro', ['check', ...rest])),
  lint: (rest) => onePass(run('biome', ['check', '--error-on-warnings', ...rest, '.'])),
  unit: (rest) => vitest('unit', rest),
  content: (rest) => vitest('content', rest),
  runnable: (rest) => {
    // Linux packages only: elsewhere the suite runs on the machine's own Node and says so.
    if (process.platform === 'linux') installIfNeeded(join(root, 'tools', 'node-versions'));
    return vitest('runnable', rest);
  },
  vm: (rest) => {
    // Where no image can be built, the tests say so one by one; without one of this recipe they would test an old machine.
    const built = run('node', ['linux-vm/build.ts']);
    const counts = vitest('vm', rest);
    return built || !inCi ? counts : { ...counts, failed: counts.failed + 1 };
  },
  build,
  site: (rest) => vitest('site', rest),
  browser,
};

const words = process.argv.slice(2);
const split = words.findIndex((word) => !(word in suites));
const wanted = split < 0 ? words : words.slice(0, split);
const rest = split < 0 ? [] : words.slice(split);
const chosen = wanted.length > 0 ? wanted : Object.keys(suites);
if (chosen.some((name) => name === 'site' || name === 'browser') && !chosen.includes('build')) chosen.unshift('build');

mkdirSync(results, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const table = [];
const failed = [];
for (const name of chosen) {
  console.log(`\n# ${name}`);
  const started = performance.now();
  const counts = await suites[name](name === 'build' ? [] : rest);
  const { passed, skipped, skips, failures = [], flaky = [] } = counts;
  total.passed += passed;
  total.failed += counts.failed;
  total.skipped += skipped;
  failed.push(...failures.map(({ name: test, reason }) => `${name}: ${test}: ${reason}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  table.push({ suite: name, passed, failed: counts.failed, skipped, seconds });
  for (const skip of skips) console.log(`skipped: ${skip.name}: ${skip.reason || 'NO REASON GIVEN'}`);
  // Named, so that it is looked at: real programs on a busy machine may miss a clock once, and not twice.
  for (const { name: test } of flaky) console.log(`flaky, passed when run again: ${test}`);
  const silent = skips.filter(({ reason }) => !reason).length;
  if (silent > 0) {
    console.log(`${silent} skipped without a reason: that counts as failed.`);
    total.failed += silent;
  }
}
console.log('');
console.table(table);
// Last, where whoever reads the end of a long log finds it.
for (const line of failed) console.log(`failed: ${line}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped, each named above with its reason`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
