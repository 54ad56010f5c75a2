/** What a snippet's runs showed, taken together: the same judgement for a recording at build time and for a live run in the page. */
import type { ProcessLimits } from './contract.ts';
import { type HeapDemoOutcome, type HeapFlagVerdict, heapDemoOutcome, judgeHeapFlag } from './heap-verdict.ts';

export interface EndedRun {
  role: 'baseline' | 'demo';
  argv: readonly string[];
  output: string;
  code: number;
}

export interface RunJudgement {
  /** With verdict "heap-limit", demos only. */
  heap?: HeapDemoOutcome;
  /** Values that the page's sentence names; null where the output or the command has none. */
  askedMiB: number | null;
  limitMiB: number | null;
  baselineMiB: number | null;
  /** The program met the limit that the snippet is about; the pane draws its limit line. */
  limitHit: boolean;
}

/**
 * @param runs of one snippet that ended by themselves, in order
 * @param about how the snippet wants to be judged, and the limits that its processes were given
 */
export function judgeRuns(
  runs: readonly EndedRun[],
  about: { verdict?: 'heap-limit' | undefined; limits?: ProcessLimits | undefined },
): RunJudgement[] {
  const baselineMiB = heapLimitMiB(runs.find(({ role }) => role === 'baseline')?.output ?? '');
  return runs.map(({ role, argv, output, code }) => {
    const askedMiB = oldSpaceMiB(argv);
    const limitMiB = heapLimitMiB(output);
    const common = { askedMiB, limitMiB, baselineMiB };
    if (about.verdict === 'heap-limit' && role === 'demo') {
      const verdict: HeapFlagVerdict = askedMiB === null ? 'unknown' : judgeHeapFlag(askedMiB, limitMiB, baselineMiB);
      const heap = heapDemoOutcome(output, code, verdict);
      return { ...common, heap, limitHit: heap === 'limit-reached' };
    }
    return { ...common, limitHit: about.limits?.nofile !== undefined && /\bEMFILE\b/.test(output) };
  });
}

/** The fact `heap_size_limit_mib` of an output; null where it has none. */
export function heapLimitMiB(output: string): number | null {
  const found = /(?:^|\s)heap_size_limit_mib=(\d+)(?:\s|$)/.exec(output)?.[1];
  return found === undefined ? null : Number(found);
}

/** What `--max-old-space-size` of a command asks for; null without the flag. */
export function oldSpaceMiB(argv: readonly string[]): number | null {
  const flag = argv.find((word) => word.startsWith('--max-old-space-size='));
  return flag === undefined ? null : Number(flag.slice(flag.indexOf('=') + 1));
}
