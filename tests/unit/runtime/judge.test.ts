import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EndedRun, heapLimitMiB, judgeRuns, oldSpaceMiB } from '../../../src/runtime/judge.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';

const folder = new URL('../../../src/content/snippets/', import.meta.url);
const recorded = (snippet: string, environment: string): EndedRun[] =>
  parseRecording(readFileSync(new URL(`${snippet}/recorded/${environment}.txt`, folder), 'utf8')).runs.map(
    ({ command, output, code }) => ({
      role: command.includes('only-ask') ? 'baseline' : 'demo',
      argv: command.split(' '),
      output,
      code,
    }),
  );

describe('judgeRuns', () => {
  it.each(['node-20', 'node-22', 'node-24', 'node-26'])(
    'sees in the recording of %s that the limit was reached',
    (environment) => {
      const [baseline, demo] = judgeRuns(recorded('heap-limit', environment), { verdict: 'heap-limit' });
      expect(baseline).toMatchObject({ limitHit: false });
      expect(baseline?.heap).toBeUndefined();
      expect(demo).toMatchObject({ heap: 'limit-reached', limitHit: true, askedMiB: 64 });
      expect(demo?.limitMiB).toBeLessThan(demo?.baselineMiB ?? 0);
    },
  );

  it('sees that a runtime ignored the flag: the limit is the same with it and without', () => {
    const output = 'heap_size_limit_mib=4144\nsurvived=yes kept_mib=96\n';
    const runs: EndedRun[] = [
      { role: 'baseline', argv: ['node', 'main.mjs', 'only-ask'], output: 'heap_size_limit_mib=4144\n', code: 0 },
      { role: 'demo', argv: ['node', '--max-old-space-size=64', 'main.mjs'], output, code: 0 },
    ];
    expect(judgeRuns(runs, { verdict: 'heap-limit' })[1]).toMatchObject({ heap: 'flag-not-applied', limitHit: false });
  });

  it('does not blame the flag where there is none', () => {
    const runs: EndedRun[] = [
      { role: 'demo', argv: ['node', 'main.mjs'], output: 'heap_size_limit_mib=4144', code: 0 },
    ];
    expect(judgeRuns(runs, { verdict: 'heap-limit' })[0]?.heap).toBe('own-bound');
  });

  it('counts EMFILE as the limit only where the process was given one', () => {
    const [open] = recorded('open-until-it-fails', 'node-24');
    const [read] = recorded('read-the-error', 'node-24');
    if (!open || !read) throw new Error('the recordings have no run');
    expect(judgeRuns([open], { limits: { nofile: 64 } })[0]?.limitHit).toBe(true);
    expect(judgeRuns([read], {})[0]?.limitHit).toBe(false);
  });
});

describe('facts of a run', () => {
  it('reads the heap limit as a whole word', () => {
    expect(heapLimitMiB('x\nheap_size_limit_mib=112\n')).toBe(112);
    expect(heapLimitMiB('old_heap_size_limit_mib=112')).toBeNull();
    expect(heapLimitMiB('heap_size_limit_mib=many')).toBeNull();
  });

  it('reads what the flag asks for', () => {
    expect(oldSpaceMiB(['node', '--max-old-space-size=64', 'main.mjs'])).toBe(64);
    expect(oldSpaceMiB(['node', 'main.mjs'])).toBeNull();
  });
});
