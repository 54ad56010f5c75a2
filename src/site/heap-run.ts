/** Takes the points of the home page's figure from the recording of the snippet `heap-limit`. */
import { parseRecording } from '../runtime/transcript.ts';

export interface HeapRun {
  /** Of the flag, in MiB: where the figure's line is. */
  limitMiB: number;
  /** What the program kept and what V8's heap then held, in MiB, as printed. */
  points: { kept: number; used: number }[];
  /** The line in which V8 says why it ended. */
  message: string;
  /** Exit code of the run. */
  code: number;
  /** Such as "v24.21.0", and the ISO date of the run. */
  node: string;
  recorded: string;
}

/** Reads the first run with `--max-old-space-size`. Throws where the recording has none, or too little to draw. */
export function heapRun(recording: string): HeapRun {
  const { header, runs } = parseRecording(recording);
  const run = runs.find(({ command }) => command.includes('--max-old-space-size='));
  const limitMiB = Number(/--max-old-space-size=(\d+)/.exec(run?.command ?? '')?.[1]);
  const points = [...(run?.output ?? '').matchAll(/^kept_mib=(\d+) heap_used_mib=(\d+)$/gm)].map(([, kept, used]) => ({
    kept: Number(kept),
    used: Number(used),
  }));
  const message = /^FATAL ERROR: .*$/m.exec(run?.output ?? '')?.[0];
  if (!run || !message || !(limitMiB > 0) || points.length < 2)
    throw new Error(
      'the recording of heap-limit has no run with --max-old-space-size, two lines of numbers and its FATAL ERROR',
    );
  return { limitMiB, points, message, code: run.code, node: header.node ?? '', recorded: header.recorded ?? '' };
}
