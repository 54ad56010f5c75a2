import { isBinary, linesOf, plainText } from './normalise.ts';
import { joinWrapped, readCheck, readFacts, readStep } from './output.ts';
import { readLimits } from './probe-limits.ts';
import { type ShellProblem, shellProblem } from './shell-messages.ts';

// Reads what `probe.sh` printed. It never throws, and takes time in proportion to the text.

/** Longest text that is read, in UTF-16 units (1 MiB of ASCII). */
const longestPaste = 1_048_576;
/** The probe prints some eighty lines; what an output has beyond these is not read. */
const mostLines = 500;

/** Why a text could not be read, or not wholly. Each has its own sentence under `machine.problem.<problem>`. */
export type ProbeProblem =
  | ShellProblem
  | 'empty'
  | 'binary'
  | 'too-large'
  | 'lab-output'
  | 'script-text'
  | 'refused'
  | 'not-linux'
  | 'other-version'
  | 'cut-off-start'
  | 'cut-off-end'
  | 'limits-only'
  | 'no-probe-output';

export interface ProbeReading {
  /** Name to value; empty where nothing could be read. A limit is `soft:hard`, and a side that was not printed is `?`. */
  facts: Record<string, string>;
  /** Absent where the output is whole. With `cut-off-start`, `cut-off-end` and `limits-only` there are facts all the same. */
  problem?: ProbeProblem;
  /** With `lab-output`: the lab, where the text names it. */
  lab?: string;
}

interface Run {
  version: number;
  lines: string[];
  complete: boolean;
}

const header = /^== probe v(\d{1,9})$/;
const footer = '== end probe';
const labHeader = /== (?:lab|end) ([a-z0-9-]{1,60}) (?:v|fail=)\d{1,9}$/;
/** What may stand before every line of a quoted or indented output. */
const quoted = /^[\s>|│]{0,40}$/;
/** The steps of the probe, to know a piece of its output by. */
const steps = new Set(['system', 'user', 'limits', 'control-group', 'machine', 'node', 'tools']);

/** Reads a paste. The last whole output in it counts, or else the last one that was begun, or else what looks like a piece of one. */
export function readProbe(paste: string): ProbeReading {
  if (paste.length > longestPaste) return { facts: {}, problem: 'too-large' };
  if (paste.trim() === '') return { facts: {}, problem: 'empty' };
  if (isBinary(paste)) return { facts: {}, problem: 'binary' };
  const lines = linesOf(plainText(paste));
  const runs = findRuns(lines);
  const run = runs.findLast(({ complete }) => complete) ?? runs.at(-1);
  return run ? readRun(run) : withoutStart(lines);
}

function readRun({ version, lines, complete }: Run): ProbeReading {
  if (version !== 1) return { facts: {}, problem: 'other-version' };
  if (lines.some((line) => line.startsWith('Bail out! '))) return { facts: {}, problem: 'not-linux' };
  const facts = readFacts(lines);
  return complete ? { facts } : { facts, problem: 'cut-off-end' };
}

function findRuns(lines: readonly string[]): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  let prefix = '';
  const close = (cut = false) => {
    // A last line without a line feed after it may be half a line: half a number is worse than none.
    if (run && cut) run.lines.pop();
    if (run) run.lines = joinWrapped(run.complete ? run.lines : untilPrompt(run.lines));
    run = undefined;
  };
  for (const raw of lines) {
    const at = raw.indexOf('== probe ');
    const version = at >= 0 && quoted.test(raw.slice(0, at)) ? header.exec(raw.slice(at))?.[1] : undefined;
    if (version !== undefined) {
      close();
      prefix = raw.slice(0, at);
      run = { version: Number(version), lines: [], complete: false };
      runs.push(run);
      continue;
    }
    if (!run) continue;
    const line = raw.startsWith(prefix) ? raw.slice(prefix.length) : raw;
    if (line === footer) run.complete = true;
    else if (line !== '') run.lines.push(line);
    if (run.complete || run.lines.length >= mostLines) close();
  }
  close(lines.at(-1) !== '');
  return runs;
}

/** Of an output without its end: up to the last line that is one of the probe's. A fact that was cut in the middle is left out. */
function untilPrompt(lines: readonly string[]): string[] {
  const isOwn = (line: string) => readStep(line) !== undefined || /^(?:[a-z][a-z0-9_]*=|Bail out! )./.test(line);
  const last = lines.findLastIndex(isOwn);
  return lines.slice(0, last + 1);
}

function withoutStart(lines: readonly string[]): ProbeReading {
  const end = lines.findLastIndex((line) => line.trim().endsWith(footer));
  const first = lines.findIndex((line) => steps.has(readStep(line.trim()) ?? ''));
  const labLine = lines.findLast((line) => labHeader.test(line));
  const lab = labHeader.exec(labLine ?? '')?.[1];
  if (lab !== undefined) return { facts: {}, problem: 'lab-output', lab };
  if (lines.some(isScriptLine)) return { facts: {}, problem: 'script-text' };
  if (end >= 0 || first >= 0) {
    const piece = lines.slice(Math.max(0, (end >= 0 ? end : lines.length) - mostLines), end >= 0 ? end : undefined);
    const facts = readFacts(joinWrapped(piece.map((line) => line.trim())));
    if (Object.keys(facts).length > 0) return { facts, problem: 'cut-off-start' };
  }
  if (lines.some((line) => line.startsWith('run me with: bash '))) return { facts: {}, problem: 'refused' };
  if (lines.some((line) => readCheck(line) !== undefined)) return { facts: {}, problem: 'lab-output' };
  const limits = readLimits(lines.slice(-mostLines));
  if (limits) return { facts: limits, problem: 'limits-only' };
  return { facts: {}, problem: shellProblem(lines) ?? 'no-probe-output' };
}

/** A line that only a script has, never an output. */
function isScriptLine(line: string): boolean {
  return (
    line.startsWith('# @probe') ||
    line.startsWith('#!/') ||
    line.includes('{BASH_VERSION:-}') ||
    line.startsWith('fact ')
  );
}
