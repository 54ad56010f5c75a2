/**
 * Questions about WebContainers that no document answers, asked of one. Each is a small program; the answers are written down, not judged.
 * Nothing here keeps more than 192 MiB.
 */

export interface Probe {
  /** What is asked, as the key of the findings. */
  question: string;
  command: string;
  args: string[];
  files?: Record<string, string>;
  env?: Record<string, string>;
  /** Killed after so many milliseconds; a probe that is not killed may take `limitMs`. */
  killAfterMs?: number;
  limitMs?: number;
}

export interface Finding {
  output: string;
  /** null: no exit within the limit. */
  code: number | null;
  exitMs: number | null;
  /** Whether the output stream was closed within a second of the exit. */
  outputClosed: boolean;
  /** Whether text arrived after the exit was reported. */
  outputAfterExit: boolean;
  error?: string;
}

const heapLimit = "console.log(Math.round(require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20))";
const memory = `
const before = process.memoryUsage();
const kept = Array.from({ length: 32 }, (_, i) => new Array(131072).fill(i));
console.log(JSON.stringify({ before, after: process.memoryUsage(), kept: kept.length }));
`;
/** Retains arrays up to its own bound; with a limit that is applied it dies on the way. */
const fill = `
const kept = [];
for (let mib = 1; mib <= 96; mib++) {
  kept.push(new Array(131072).fill(mib));
  if (mib % 8 === 0) console.log('kept ' + mib);
}
console.log('own bound reached');
`;
const worker = `
const { Worker } = require('node:worker_threads');
const source = \`const kept = []; for (let mib = 1; mib <= 96; mib++) kept.push(new Array(131072).fill(mib)); require('node:worker_threads').parentPort.postMessage('own bound reached');\`;
const one = new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
console.log('limits ' + JSON.stringify(one.resourceLimits));
one.on('message', (text) => console.log(text)).on('error', (error) => console.log('error ' + error.code)).on('exit', (code) => console.log('exit ' + code));
`;
const main = (source: string, flags: string[] = [], more: Partial<Probe> = {}) => ({
  command: 'node',
  args: [...flags, 'main.cjs'],
  files: { 'main.cjs': source },
  ...more,
});

export const probePack: readonly Probe[] = [
  { question: 'node --version', command: 'node', args: ['--version'] },
  { question: 'process.versions', ...main('console.log(JSON.stringify(process.versions))') },
  {
    question: 'platform',
    ...main(
      "const os = require('node:os'); console.log(os.platform(), os.arch(), os.release(), os.totalmem(), os.availableParallelism())",
    ),
  },
  { question: 'heap_size_limit without a flag', ...main(heapLimit) },
  { question: 'heap_size_limit with --max-old-space-size=64', ...main(heapLimit, ['--max-old-space-size=64']) },
  {
    question: 'heap_size_limit with --max-old-space-size=64 --max-semi-space-size=1',
    ...main(heapLimit, ['--max-old-space-size=64', '--max-semi-space-size=1']),
  },
  {
    question: 'heap_size_limit with NODE_OPTIONS=--max-old-space-size=64',
    ...main(heapLimit, [], { env: { NODE_OPTIONS: '--max-old-space-size=64' } }),
  },
  {
    question: 'heap_size_limit after v8.setFlagsFromString',
    ...main(`require('node:v8').setFlagsFromString('--max-old-space-size=64');\n${heapLimit}`),
  },
  {
    question: 'process.execArgv',
    ...main('console.log(JSON.stringify(process.execArgv))', ['--max-old-space-size=64']),
  },
  { question: 'an unknown flag', ...main('console.log("ran")', ['--no-such-flag']) },
  { question: '--expose-gc', ...main('console.log(typeof gc)', ['--expose-gc']) },
  { question: 'memoryUsage around 32 MiB', ...main(memory) },
  { question: 'filling the heap to 96 MiB', ...main(fill) },
  { question: 'filling the heap to 96 MiB with --max-old-space-size=64', ...main(fill, ['--max-old-space-size=64']) },
  { question: 'a worker with resourceLimits', ...main(worker) },
  {
    question: 'spawnSync of node',
    ...main(
      "const { status, stdout, error } = require('node:child_process').spawnSync(process.execPath, ['-p', '1']); console.log(status, String(stdout).trim(), error ? error.message : '')",
    ),
  },
  {
    question: 'fork',
    ...main(
      "if (process.send) process.send('hello'); else require('node:child_process').fork(__filename).on('message', (text) => console.log(text))",
    ),
  },
  { question: 'isTTY and columns', ...main('console.log(process.stdout.isTTY, process.stdout.columns)') },
  {
    question: 'split UTF-8',
    ...main(
      'process.stdout.write(Buffer.from([0xed])); setTimeout(() => process.stdout.write(Buffer.from([0x95, 0x9c, 0x0a])), 50)',
    ),
  },
  { question: 'process.abort', ...main('process.abort()') },
  { question: 'ls /', command: 'ls', args: ['/'] },
  { question: 'jsh: ulimit -v', command: 'jsh', args: ['-c', 'ulimit -v'] },
  { question: 'jsh: cat /proc/meminfo', command: 'jsh', args: ['-c', 'cat /proc/meminfo'] },
  { question: 'a kill', ...main("console.log('started'); setInterval(() => {}, 1000)", [], { killAfterMs: 1_500 }) },
  { question: 'a kill of a busy program', ...main("console.log('started'); for (;;);", [], { killAfterMs: 1_500 }) },
];
