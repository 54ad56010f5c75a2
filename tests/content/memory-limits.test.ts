/** The numbers about memory limits in the lesson lab-oom-heap-limit are those of the recordings. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchExpectation, parseExpectation } from '../../src/checker/index.ts';
import { parseRecording, type Recording } from '../../src/runtime/transcript.ts';

const folder = 'src/content/labs/oom/memory-limits';
const majors = [20, 22, 24, 26];

const read = (...path: string[]): Recording => parseRecording(readFileSync(join(...path), 'utf8'));
const limited = new Map(majors.map((major) => [major, read(folder, 'recorded', `node-${major}.txt`)]));
const unlimited = new Map(
  majors.map((major) => [major, read('src/content/snippets/heap-limit/recorded', `node-${major}.txt`)]),
);

/** The run of a command with these words; throws unless there is exactly one. */
function run(recording: Recording | undefined, ...words: string[]) {
  const [found, ...more] = (recording?.runs ?? []).filter(({ command }) =>
    words.every((word) => command.includes(word)),
  );
  if (!found || more.length > 0) throw new Error(`${words.join(' ')}: not one run`);
  return found;
}

/** The heap limit that a row of the table is about, in MiB. `visible`: memory in MiB. */
function heapLimit(major: number, visible: number, flag: boolean): number {
  if (visible > 4096) {
    const { output } = run(unlimited.get(major), '--max-old-space-size=64');
    return Number(/^heap_size_limit_mib=(\d+)$/m.exec(output)?.[1]);
  }
  const words = flag ? 'node --max-old-space-size=64 -p' : 'node -p';
  return Number(run(limited.get(major), `MemoryMax=${visible}M`, words).output);
}

it('has a recording for every Node version, and each satisfies the expectation', () => {
  expect(readdirSync(join(folder, 'recorded')).sort()).toEqual(majors.map((major) => `node-${major}.txt`));
  const expectation = parseExpectation(readFileSync(join(folder, 'expected.txt'), 'utf8'));
  for (const [major, { runs }] of limited) {
    const text = runs.map(({ command, output, code }) => `$ ${command}\n${output}\n[${code}]\n`).join('');
    expect(matchExpectation(expectation, text).ok, `Node ${major}`).toBe(true);
  }
});

describe.each(['', 'en'])('the page under "%s/"', (language) => {
  const page = readFileSync(join('src/content/docs', language, 'troubleshooting/lab-oom-heap-limit.mdx'), 'utf8');

  it('shows the heap limits of the recordings', () => {
    const rows = page.matchAll(/^\| (\d+) ?(GiB|MiB), (\S+ (?:64|없음)|flag 64|no flag) \|(.+)\|$/gm);
    const table = [...rows].map(([, amount, unit, flag = '', cells = '']) => ({
      visible: Number(amount) * (unit === 'GiB' ? 1024 : 1),
      flag: flag.endsWith('64'),
      cells: cells.split('|').map(Number),
    }));
    expect(table).toHaveLength(6);
    for (const { visible, flag, cells } of table)
      expect(cells, `${visible} MiB, flag: ${flag}`).toEqual(majors.map((major) => heapLimit(major, visible, flag)));
  });

  it('says who ended the two programs under 150 MiB', () => {
    const codes = [...page.matchAll(/^\| (?:배열|Arrays|Buffers?) \| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual([134, 137]);
    for (const major of majors) {
      expect(run(limited.get(major), 'MemoryMax=150M', 'eat.js heap').code).toBe(134);
      expect(run(limited.get(major), 'MemoryMax=150M', 'eat.js buffer')).toMatchObject({ code: 137, output: '' });
    }
  });

  it('knows which versions take a percentage, and what 50 gives', () => {
    const percentage = (major: number) => run(limited.get(major), 'size-percentage=50');
    const version = (major: number) => /^v(\d+\.\d+)/.exec(run(limited.get(major), 'node --version').output)?.[1];
    expect(page).toMatch(/22\.23, 24\.21.+26\.10.+20\.20/);
    expect(majors.map(version)).toEqual(['20.20', '22.23', '24.21', '26.10']);
    expect(majors.map((major) => percentage(major).code)).toEqual([9, 0, 0, 0]);
    expect(page).toMatch(/131 ?MiB/);
    for (const major of [22, 24]) expect(percentage(major).output).toBe('131');
  });
});
