/**
 * What every runtime must do, as data: one list of cases, run by whoever can make a runtime.
 *
 * - Vitest: `for (const c of contractCases('local-node')) it(c.name, () => c.check(context), c.deadlineMs)`
 * - a page: the same list is bundled into it and each case is called by name from the browser test.
 *
 * The file imports nothing but types, so that it works in both places. A case throws an `Error` with a sentence where a promise is
 * broken. Each case runs real programs: there is no fake anywhere in here.
 */
import type {
  Phase,
  Run,
  RunEvent,
  RunResult,
  RunSpec,
  RuntimeKind,
  SnippetRuntime,
} from '../../src/runtime/contract.ts';

export interface ContractContext {
  /** A runtime that was never used before, or that has been reset. The caller disposes of it after the case. */
  runtime: SnippetRuntime;
}

export interface ContractCase {
  name: string;
  /** Runtimes that replay cannot be stopped half-way, and have no state to forget. */
  needsLiveProcess: boolean;
  /** How long a test runner should wait for the case. */
  deadlineMs: number;
  check(context: ContractContext): Promise<void>;
}

/** The programs of the cases by id: a replaying runtime records these beforehand. */
export const contractPrograms = {
  ordered: {
    files: {
      'main.mjs':
        "for (let i = 1; i <= 40; i++) console.log('line ' + i);\nawait new Promise((done) => setTimeout(done, 30));\nfor (let i = 41; i <= 60; i++) console.log('line ' + i);\n",
    },
    argv: ['node', 'main.mjs'],
  },
  'both-streams': {
    files: {
      'main.mjs':
        "console.log('to stdout');\nawait new Promise((done) => setTimeout(done, 100));\nconsole.error('to stderr');\nawait new Promise((done) => setTimeout(done, 100));\nconsole.log('to stdout again');\n",
    },
    argv: ['node', 'main.mjs'],
  },
  'exit-7': { files: { 'main.mjs': "console.log('leaving');\nprocess.exitCode = 7;\n" }, argv: ['node', 'main.mjs'] },
  silent: { files: { 'main.mjs': '\n' }, argv: ['node', 'main.mjs'] },
  // Retains plain arrays, 1 MiB at a time. Never more than 192 MiB, whatever the runtime makes of the flag.
  'heap-oom': {
    files: {
      'main.mjs':
        "const kept = [];\nfor (let mib = 1; mib <= 192; mib++) {\n  kept.push(new Array(131072).fill(mib));\n  if (mib % 8 === 0) console.log('kept ' + mib);\n}\nconsole.log('own bound reached');\n",
    },
    argv: ['node', '--max-old-space-size=64', 'main.mjs'],
  },
  'large-output': {
    files: { 'main.mjs': "for (let i = 0; i < 1600; i++) console.log(String(i).padStart(63, '.'));\n" },
    argv: ['node', 'main.mjs'],
  },
  // "한글" in UTF-8 is ed 95 9c ea b8 80: the pause falls inside each letter.
  'split-utf8': {
    files: {
      'main.mjs':
        'const pause = () => new Promise((done) => setTimeout(done, 40));\nfor (const bytes of [[0xed], [0x95, 0x9c, 0xea, 0xb8], [0x80, 0x0a]]) {\n  process.stdout.write(Buffer.from(bytes));\n  await pause();\n}\n',
    },
    argv: ['node', 'main.mjs'],
  },
  'ansi-crlf': {
    files: {
      'main.mjs':
        "process.stdout.write('\\u001b[31mred\\u001b[39m\\r\\nplain\\r\\n');\nprocess.stdout.write('\\u001b]0;title\\u0007last');\n",
    },
    argv: ['node', 'main.mjs'],
  },
  'no-colour': {
    files: { 'main.mjs': "console.log({ one: 1, two: 'b' });\nconsole.log(process.env.NO_COLOR ?? 'unset');\n" },
    argv: ['node', 'main.mjs'],
  },
  'missing-file': { files: { 'main.mjs': "import './missing.mjs';\n" }, argv: ['node', 'main.mjs'] },
  environment: {
    files: { 'main.mjs': "console.log(process.env.GREETING + '/' + process.argv.slice(2).join(','));\n" },
    argv: ['node', 'main.mjs', 'one', 'two words'],
    env: { GREETING: '안녕' },
  },
  // Ends by itself after a minute, so that a runtime that cannot stop it leaves nothing behind for ever.
  endless: {
    files: { 'main.mjs': "console.log('started');\nsetTimeout(() => console.log('ended by itself'), 60_000);\n" },
    argv: ['node', 'main.mjs'],
  },
  // Never gives control back to the event loop: only a real kill ends it early.
  busy: {
    files: {
      'main.mjs':
        "console.log('started');\nsetTimeout(() => { const end = Date.now() + 60_000; while (Date.now() < end); }, 50);\n",
    },
    argv: ['node', 'main.mjs'],
  },
} as const satisfies Record<string, Pick<RunSpec, 'files' | 'argv' | 'env'>>;

export type ContractProgram = keyof typeof contractPrograms;

/** The spec of one of the programs above. */
export function contractSpec(id: ContractProgram, overrides: Partial<RunSpec> = {}): RunSpec {
  return { id: `contract-${id}`, timeoutMs: 20_000, maxOutputBytes: 256 * 1024, ...contractPrograms[id], ...overrides };
}

interface Observed {
  output: string;
  phases: Phase[];
  events: RunEvent[];
  result: RunResult;
}

/** Reads a run to its end. `onOutput` sees the whole output so far. */
async function observe(run: Run, onOutput?: (soFar: string) => void): Promise<Observed> {
  const events: RunEvent[] = [];
  const phases: Phase[] = [];
  let output = '';
  for await (const event of run) {
    events.push(event);
    if (event.type === 'phase') phases.push(event.phase);
    if (event.type === 'output') {
      output += event.text;
      onOutput?.(output);
    }
  }
  return { output, phases, events, result: await run.done };
}

function must(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  must(a === e, `${what}: expected ${e.slice(0, 400)}, got ${a?.slice(0, 400)}`);
}

function exited(result: RunResult, code: number): void {
  must(
    result.outcome === 'exited' && result.code === code,
    `expected an exit with code ${code}, got ${JSON.stringify(result)}`,
  );
  must(result.durationMs >= 0 && Number.isFinite(result.durationMs), `durationMs is ${result.durationMs}`);
}

function stopped(result: RunResult, by: 'user' | 'timeout' | 'superseded'): void {
  must(
    result.outcome === 'stopped' && result.by === by,
    `expected a run stopped by ${by}, got ${JSON.stringify(result)}`,
  );
}

/** Settles with the value of `promise`, or throws when that takes longer than `limitMs`. */
async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How long a stop may take: the program has gone, or the runtime has given up on it. */
const stopLimitMs = 8_000;

const cases: (Omit<ContractCase, 'needsLiveProcess' | 'deadlineMs'> & Partial<ContractCase>)[] = [
  {
    name: 'keeps the order of the output, ends once, and `done` agrees with the last event',
    async check({ runtime }) {
      const run = runtime.run(contractSpec('ordered'));
      const { output, events, result } = await observe(run);
      same(output, `${Array.from({ length: 60 }, (_, i) => `line ${i + 1}`).join('\n')}\n`, 'output');
      exited(result, 0);
      same(events.filter((event) => event.type === 'end').length, 1, 'number of end events');
      same(events.at(-1), { type: 'end', result }, 'last event');
    },
  },
  {
    name: 'merges stdout and stderr in the order of arrival',
    async check({ runtime }) {
      const { output, result } = await observe(runtime.run(contractSpec('both-streams')));
      same(output, 'to stdout\nto stderr\nto stdout again\n', 'output');
      exited(result, 0);
    },
  },
  {
    name: 'reports the exit code',
    async check({ runtime }) {
      const { output, result } = await observe(runtime.run(contractSpec('exit-7')));
      same(output, 'leaving\n', 'output');
      exited(result, 7);
    },
  },
  {
    name: 'ends a program that prints nothing',
    async check({ runtime }) {
      const { output, result } = await observe(runtime.run(contractSpec('silent')));
      same(output, '', 'output');
      exited(result, 0);
    },
  },
  {
    name: 'reports a real heap exhaustion as code 134 with the words of V8',
    async check({ runtime }) {
      const { output, result } = await observe(runtime.run(contractSpec('heap-oom')));
      must(output.includes('kept 8\n'), `the program's own lines are missing: ${output.slice(0, 200)}`);
      must(!output.includes('own bound reached'), 'the flag was not applied: the program reached its own bound');
      must(output.includes('JavaScript heap out of memory'), `V8 said something else: ${output.slice(-400)}`);
      exited(result, 134);
    },
  },
  {
    name: 'carries 100 KB of output whole',
    async check({ runtime }) {
      const { output, result } = await observe(runtime.run(contractSpec('large-output')));
      same(output.length, 1600 * 64, 'length of the output');
      const lines = output.split('\n');
      must(
        lines.slice(0, 1600).every((line, i) => line === String(i).padStart(63, '.')),
        'a line is out of place',
      );
      exited(result, 0);
      must(result.outcome === 'exited' && !result.truncated, 'the output is said to be truncated');
    },
  },
  {
    name: 'drops output beyond maxOutputBytes and says so',
    async check({ runtime }) {
      const { output, result } = await observe(runtime.run(contractSpec('large-output', { maxOutputBytes: 10_000 })));
      must(output.length <= 10_000, `${output.length} bytes came through`);
      must(output.startsWith('.'), 'nothing came through');
      must('truncated' in result && result.truncated, `the cut is not reported: ${JSON.stringify(result)}`);
    },
  },
  {
    name: 'puts split UTF-8 together again',
    async check({ runtime }) {
      const { output } = await observe(runtime.run(contractSpec('split-utf8')));
      same(output, '한글\n', 'output');
    },
  },
  {
    name: 'strips ANSI sequences and turns CRLF into LF',
    async check({ runtime }) {
      const { output } = await observe(runtime.run(contractSpec('ansi-crlf')));
      same(output.replace(/\n$/, ''), 'red\nplain\nlast', 'output');
    },
  },
  {
    name: 'asks the program for no colour',
    async check({ runtime }) {
      const { output } = await observe(runtime.run(contractSpec('no-colour')));
      same(output, "{ one: 1, two: 'b' }\n1\n", 'output');
    },
  },
  {
    name: 'passes arguments and environment',
    async check({ runtime }) {
      const { output } = await observe(runtime.run(contractSpec('environment')));
      same(output, '안녕/one,two words\n', 'output');
    },
  },
  {
    name: 'lets Node itself report a missing file',
    async check({ runtime }) {
      const { output, result } = await observe(runtime.run(contractSpec('missing-file')));
      must(output.includes('ERR_MODULE_NOT_FOUND'), `Node's error is missing: ${output.slice(0, 300)}`);
      exited(result, 1);
    },
  },
  {
    name: 'prepares once, however often it is asked',
    async check({ runtime }) {
      const [first, second] = await Promise.all([runtime.prepare(), runtime.prepare()]);
      same(second, first, 'second prepare');
      same(await runtime.prepare(), first, 'third prepare');
      same(first.kind, runtime.kind, 'kind');
      must(await runtime.ping(), 'a prepared runtime does not answer a ping');
    },
  },
  {
    name: 'settles `done` although nobody reads the events',
    async check({ runtime }) {
      const run = runtime.run(contractSpec('exit-7'));
      exited(await within(20_000, 'done', run.done), 7);
    },
  },
  {
    name: 'runs again after a reset',
    async check({ runtime }) {
      exited((await observe(runtime.run(contractSpec('exit-7')))).result, 7);
      await runtime.reset();
      exited((await observe(runtime.run(contractSpec('exit-7')))).result, 7);
    },
  },
  {
    name: 'ignores a stop after the end, and any number of stops',
    async check({ runtime }) {
      const run = runtime.run(contractSpec('exit-7'));
      const { result } = await observe(run);
      run.stop();
      run.stop();
      same(await run.done, result, 'result after a late stop');
    },
  },
  {
    name: 'stops a waiting program at the press of Stop',
    needsLiveProcess: true,
    async check({ runtime }) {
      const run = runtime.run(contractSpec('endless'));
      let pressedAt = 0;
      const { output, result } = await observe(run, (soFar) => {
        if (!soFar.includes('started')) return;
        pressedAt = Date.now();
        run.stop();
        run.stop();
      });
      stopped(result, 'user');
      must(!output.includes('ended by itself'), 'the program ran on');
      must(Date.now() - pressedAt < stopLimitMs, `stopping took ${Date.now() - pressedAt} ms`);
    },
  },
  {
    name: 'stops a program that keeps its processor busy',
    needsLiveProcess: true,
    async check({ runtime }) {
      const run = runtime.run(contractSpec('busy'));
      const { result } = await observe(run, (soFar) => {
        if (soFar.includes('started')) setTimeout(() => run.stop(), 150);
      });
      stopped(result, 'user');
      exited((await observe(runtime.run(contractSpec('exit-7')))).result, 7);
    },
  },
  {
    name: 'stops a run that has not started yet',
    needsLiveProcess: true,
    async check({ runtime }) {
      const run = runtime.run(contractSpec('endless'));
      run.stop();
      stopped(await within(stopLimitMs, 'done', run.done), 'user');
      exited((await observe(runtime.run(contractSpec('exit-7')))).result, 7);
    },
  },
  {
    name: 'ends a program at timeoutMs',
    needsLiveProcess: true,
    async check({ runtime }) {
      await runtime.prepare();
      const started = Date.now();
      const { output, result } = await observe(runtime.run(contractSpec('endless', { timeoutMs: 1_500 })));
      stopped(result, 'timeout');
      must(output.startsWith('started\n'), `the output before the timeout is missing: ${output}`);
      const took = Date.now() - started;
      must(took >= 1_400 && took < 1_500 + stopLimitMs, `the timeout came after ${took} ms`);
    },
  },
  {
    name: 'lets a new run supersede the one before',
    needsLiveProcess: true,
    async check({ runtime }) {
      const first = runtime.run(contractSpec('endless'));
      const firstSeen = observe(first);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const second = observe(runtime.run(contractSpec('exit-7')));
      stopped((await within(stopLimitMs, 'the superseded run', firstSeen)).result, 'superseded');
      const seen = await second;
      exited(seen.result, 7);
      same(seen.output, 'leaving\n', 'output of the second run');
    },
  },
  {
    name: 'reports the phases in order, before any output',
    needsLiveProcess: true,
    async check({ runtime }) {
      const { phases, events } = await observe(runtime.run(contractSpec('exit-7')));
      const order: Phase[] = ['loading-runtime', 'booting', 'boot-slow', 'mounting', 'spawning', 'running'];
      const places = phases.map((phase) => order.indexOf(phase));
      same(
        places,
        [...new Set(places)].sort((a, b) => a - b),
        'order of the phases',
      );
      same(phases.at(-1), 'running', 'last phase');
      const firstOutput = events.findIndex((event) => event.type === 'output');
      const running = events.findIndex((event) => event.type === 'phase' && event.phase === 'running');
      must(running < firstOutput, 'output came before the phase "running"');
    },
  },
];

/** The cases that a kind of runtime has to pass: all of them, but a replay has no live process to stop. */
export function contractCases(kind: RuntimeKind): ContractCase[] {
  return cases
    .map((one) => ({ needsLiveProcess: false, deadlineMs: 45_000, ...one }))
    .filter((one) => kind !== 'recorded' || !one.needsLiveProcess);
}
