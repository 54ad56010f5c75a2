/**
 * Did the runtime apply `--max-old-space-size`? Decided by comparison, never by a table: the heap limit without the flag beside the
 * limit with it. The offset between flag and limit is the young generation, which differs between Node versions and machines.
 */
export type HeapFlagVerdict = 'honoured' | 'ignored' | 'unknown';

/**
 * @param askedMiB what the flag asked for
 * @param limitMiB `v8.getHeapStatistics().heap_size_limit` of the run with the flag, null where the engine gave no number
 * @param baselineMiB the same without the flag
 */
export function judgeHeapFlag(askedMiB: number, limitMiB: number | null, baselineMiB: number | null): HeapFlagVerdict {
  if (limitMiB === null || !(limitMiB > 0)) return 'unknown';
  if (baselineMiB !== null && Math.abs(limitMiB - baselineMiB) < 1) return 'ignored';
  // Up to three semi-spaces come on top; the largest seen is 192 MiB (Node 24 on a 24 GiB machine).
  // A limit that is neither that nor the baseline is no evidence either way.
  return limitMiB >= askedMiB && limitMiB <= askedMiB + 256 ? 'honoured' : 'unknown';
}

/** What the page says about a heap demo, under `heap.<outcome>`. */
export type HeapDemoOutcome = 'limit-reached' | 'flag-not-applied' | 'own-bound' | 'unclear';

/**
 * @param output everything that the demo printed
 * @param code its exit code
 * @param verdict of `judgeHeapFlag`
 */
export function heapDemoOutcome(output: string, code: number, verdict: HeapFlagVerdict): HeapDemoOutcome {
  if (code !== 0 && output.includes('JavaScript heap out of memory')) return 'limit-reached';
  if (code === 0 && verdict === 'ignored') return 'flag-not-applied';
  if (code === 0) return 'own-bound';
  return 'unclear';
}
