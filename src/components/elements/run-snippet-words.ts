/** Sentences about runs, the same at build time (recordings) and in the page (live runs). */
import type { RuntimeInfo } from '../../runtime/contract.ts';
import type { RunJudgement } from '../../runtime/judge.ts';
import type { UiKey } from '../../site/schemas/i18n.ts';
import type { Translate } from './strings.ts';

const knownCodes = [0, 1, 9, 13, 130, 134, 137, 139, 143];

/** What an exit code means, as a sentence. */
export function exitMeaning(t: Translate, code: number): string {
  if (knownCodes.includes(code)) return t(`exit.${code}` as UiKey);
  return code > 128 && code < 160 ? t('exit.signal', { signal: code - 128 }) : t('exit.other');
}

/** Kind of the badge of an exit code; a limit that was hit is what the lesson wanted to show, not a failure. */
export function exitKind(code: number, limitHit: boolean): 'ok' | 'fail' | 'limit' {
  if (limitHit) return 'limit';
  return code === 0 ? 'ok' : 'fail';
}

/** The page's verdict on a heap demo; undefined where the run is not one. */
export function heapSentence(t: Translate, { heap, limitMiB, baselineMiB }: RunJudgement): string | undefined {
  return heap && t(`heap.${heap}`, { limit: limitMiB ?? '?', baseline: baselineMiB ?? '?' });
}

/** 1234 ms to "1.2" (seconds). */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 9_950 ? 1 : 0);
}

/** How long a run took, in the unit that tells something. */
export function took(t: Translate, ms: number): string {
  return ms < 1000 ? t('snippet.took-ms', { ms: Math.round(ms) }) : t('snippet.took-s', { seconds: seconds(ms) });
}

/** Which backend produced the output in front of the reader, and where. */
export function provenance(t: Translate, info: RuntimeInfo): string {
  const node = info.nodeVersion ? `Node.js ${info.nodeVersion}` : 'Node.js';
  if (info.kind === 'recorded')
    return t('snippet.provenance.recorded', { node, date: info.recordedAt ?? '?', host: info.host ?? '?' });
  return t(`snippet.provenance.${info.kind}`, { node });
}

/** Long enough to scroll in its pane, so that the keyboard has to reach it. */
export function scrolls(output: string): boolean {
  return output.split('\n').length > 16 || output.length > 1500;
}

/** An output in the parts in which it is shown; joined they are the output, byte for byte. */
export interface OutputParts {
  before: string;
  /** The line that says that the limit was met; empty where none does. */
  limitLine: string;
  after: string;
  /** Node's native stack trace: addresses that only say where V8 aborted, so it is folded away. */
  trace: string;
}

/** Takes an output apart. `limitHit` as judged: a program that only talks about an error has no such line. */
export function outputParts(output: string, limitHit: boolean): OutputParts {
  const cut = output.indexOf('----- Native stack trace -----');
  const shown = cut < 0 ? output : output.slice(0, cut);
  const line = limitHit ? /^.*(?:JavaScript heap out of memory|\bEMFILE\b).*$/m.exec(shown) : null;
  return {
    before: line ? shown.slice(0, line.index) : shown,
    limitLine: line?.[0] ?? '',
    after: line ? shown.slice(line.index + line[0].length) : '',
    trace: cut < 0 ? '' : output.slice(cut),
  };
}
