import { type Alignment, activeItems, align } from './align.ts';
import { type Expectation, parseExpectation } from './expectation.ts';
import { explain } from './explain.ts';
import { isBinary, linesOf, plainText } from './normalise.ts';
import { isNoise, readCheck, readFacts, readStep, topicOf } from './output.ts';
import { findFragment, findRuns, mostLines } from './runs.ts';
import { isKoreanMessage, shellProblem } from './shell-messages.ts';
import { isWrong, readSteps } from './steps.ts';
import type { InputProblem, LabDefinition, StepResult, Verdict } from './types.ts';

/** Longest paste that is judged, in UTF-16 units (1 MiB of ASCII). */
export const longestPaste = 1_048_576;

/**
 * Judges what a reader copied from a terminal after running a lab's script. `labs`: every lab there is, to tell one that belongs
 * elsewhere from one that nobody knows; without it any other name counts as another lab.
 *
 * The last complete run of this lab counts, or else the last one of it that was begun. Passed is only a complete run in which every
 * expected line stands in its place and every check passed: check lines without their facts are not enough. It never throws, and takes
 * time in proportion to the paste.
 */
export function judge(paste: string, lab: LabDefinition, labs: readonly LabDefinition[] = []): Verdict {
  if (paste.length > longestPaste) return unusable(lab, 'too-large');
  if (paste.trim() === '') return unusable(lab, 'empty');
  if (isBinary(paste)) return unusable(lab, 'binary');
  const plain = plainText(paste);
  const lines = linesOf(plain);
  const expectation = parseExpectation(lab.expected);
  // Nearly every paste has a run; in a long text without one, only the looks that can find something are worth their time.
  const has = (mark: string) => plain.includes(mark);
  const runs = has('== lab ') ? findRuns(lines) : [];
  const own = runs.filter((run) => run.lab === lab.id);
  const run = own.findLast(({ complete }) => complete) ?? own.at(-1);
  if (run) return verdictOf(lab, expectation, run.lines, run.complete ? undefined : 'cut-off-end');
  const other = runs.at(-1);
  if (other) return unusable(lab, ...elsewhere(other.lab, labs), lines);

  if ((has('== probe ') || has('== end probe')) && lines.some((line) => probeLine.test(line)))
    return unusable(lab, 'probe-output', undefined, lines);
  if ((has('#') || has('BASH_VERSION')) && lines.some(isScriptLine))
    return unusable(lab, 'script-text', undefined, lines);
  if (has(refusal) && lines.some((line) => line.startsWith(refusal))) return unusable(lab, 'refused', undefined, lines);
  if (has(notHere) && lines.some((line) => line.startsWith(notHere)))
    return unusable(lab, 'refused-elsewhere', undefined, lines);
  const fragment = ['-- step ', 'ok ', '== end '].some(has) ? findFragment(lines) : undefined;
  if (!fragment) return unusable(lab, shellProblem(lines) ?? 'no-lab-output', undefined, lines);
  if (fragment.lab !== undefined && fragment.lab !== lab.id)
    return unusable(lab, ...elsewhere(fragment.lab, labs), lines);
  if (fragment.lab !== undefined || knows(expectation, fragment.lines))
    return verdictOf(lab, expectation, fragment.lines, 'cut-off-start');
  const owner = labs.find((one) => knows(parseExpectation(one.expected), fragment.lines));
  return owner ? unusable(lab, 'other-lab', owner.id, lines) : unusable(lab, 'no-lab-output', undefined, lines);
}

/** What a script says to another shell than bash. */
const refusal = 'run me with: bash ';

/** What a script says that only a throw-away machine survives, on any other. */
const notHere = 'Bail out! This lab harms the machine it runs on.';

/** The first and the last line of the probe of "My machine". */
const probeLine = /^[\s>|│]{0,40}== (?:probe v\d{1,9}|end probe)$/;

/** A line that only a lab's script has, never its output. */
function isScriptLine(line: string): boolean {
  return line.startsWith('# @lab ') || line.startsWith('#!/') || line.includes('{BASH_VERSION:-}');
}

function elsewhere(id: string, labs: readonly LabDefinition[]): ['other-lab' | 'unknown-lab', string] {
  return [labs.length === 0 || labs.some((one) => one.id === id) ? 'other-lab' : 'unknown-lab', id];
}

/** Whether some step or check of a piece of output is one of this lab's. */
function knows({ items }: Expectation, lines: readonly string[]): boolean {
  const own = new Set(items.flatMap((item) => ('pattern' in item ? [topicOf(item.pattern.source)] : [])));
  return lines.some((line) => (readStep(line) !== undefined || readCheck(line)) && own.has(topicOf(line)));
}

/** Of these, the text may still show why. */
const withCauses: ReadonlySet<InputProblem> = new Set([
  'no-lab-output',
  'refused',
  'script-not-found',
  'shell-error',
  'korean-shell',
]);

function unusable(
  lab: LabDefinition,
  problem: InputProblem,
  otherLab?: string,
  lines: readonly string[] = [],
): Verdict {
  // What the shell said stands at the end; nobody's error is thousands of lines up.
  const seen = lines.slice(-mostLines);
  const facts = readFacts(seen);
  return {
    lab: lab.id,
    outcome: 'unusable',
    problem,
    ...(otherLab === undefined ? {} : { otherLab }),
    steps: [],
    diff: [],
    causes: withCauses.has(problem) ? explain(lab.mismatches, { lines: seen, facts, steps: [] }) : [],
    facts,
  };
}

function verdictOf(
  lab: LabDefinition,
  expectation: Expectation,
  lines: readonly string[],
  problem: 'cut-off-start' | 'cut-off-end' | undefined,
): Verdict {
  const facts = readFacts(lines);
  const options = { facts, partial: problem !== undefined };
  const { alignment, ordered } = alignSteps(expectation, lines, options);
  const steps = readSteps(expectation.items, activeItems(expectation.items, options), lines, alignment.rows);
  const failed = alignment.rows.some(isWrong) || steps.some(({ status }) => status === 'failed');
  const whole = problem === undefined && ordered && isWhole(lines, steps) && alignment.rows.every(isPlain);
  const outcome = failed ? 'failed' : whole ? 'passed' : 'partial';
  // The scripts speak English: a message in Korean that matters is of another script, or of a changed one.
  const korean = failed && !problem && alignment.rows.some((row) => !isPlain(row) && isKorean(row));
  return {
    lab: lab.id,
    outcome,
    ...(problem ? { problem } : korean ? { problem: 'korean-output' } : {}),
    steps,
    diff: alignment.rows,
    causes: outcome === 'passed' ? [] : explain(lab.mismatches, { lines, facts, steps }),
    facts,
  };
}

const isKorean = (row: Alignment['rows'][number]): boolean => 'actual' in row && isKoreanMessage(row.actual);

/** Rows that do not speak against a pass. A line that no lab prints may have come from the shell or from another job. */
function isPlain(row: Alignment['rows'][number]): boolean {
  return row.kind === 'same' || row.kind === 'any' || (row.kind === 'unexpected' && isNoise(row.actual));
}

/** Whether every check was printed and passed: the script numbers them and says at the end how many there are and how many failed. */
function isWhole(lines: readonly string[], steps: readonly StepResult[]): boolean {
  const numbers = new Set(lines.filter(readCheck).map((line) => line.replace('not ', '').split(' ')[1]));
  const failed = lines.filter((line) => readCheck(line)?.status === 'failed').length;
  return (
    lines.includes(`1..${numbers.size}`) &&
    lines.at(-1)?.endsWith(` fail=${failed}`) === true &&
    steps.every(({ checks, status }) => status === 'passed' && checks.every((one) => one.status === 'passed'))
  );
}

/**
 * Compares in order first. Where that finds differences and the steps do not stand in the expected order (pieces that were copied one by
 * one), compares again with the steps put in order; a step that was printed twice counts as it was printed last.
 */
function alignSteps(
  expectation: Expectation,
  lines: readonly string[],
  options: { facts: Record<string, string>; partial: boolean },
): { alignment: Alignment; ordered: boolean } {
  const alignment = align(expectation, lines, options);
  if (alignment.ok) return { alignment, ordered: true };
  const order = expectation.items.flatMap((item) => ('pattern' in item ? (readStep(item.pattern.source) ?? []) : []));
  const blocks = new Map<string, string[]>([['', []]]);
  let block: string[] = [];
  const tail: string[] = [];
  blocks.set('', block);
  for (const line of lines) {
    const id = readStep(line);
    if (id !== undefined) {
      block = [];
      blocks.delete(id);
      blocks.set(id, block);
    }
    (/^(plan|end)$/.test(topicOf(line)) ? tail : block).push(line);
  }
  const place = (id: string) => (id === '' ? -1 : order.includes(id) ? order.indexOf(id) : order.length);
  const sorted = [...blocks].sort(([one], [other]) => place(one) - place(other)).flatMap(([, own]) => own);
  sorted.push(...tail);
  if (order.length === 0 || sorted.every((line, at) => line === lines[at])) return { alignment, ordered: true };
  const again = align(expectation, sorted, options);
  const wrong = ({ rows }: Alignment) => rows.filter((row) => row.kind !== 'same' && row.kind !== 'any').length;
  return wrong(again) < wrong(alignment) ? { alignment: again, ordered: false } : { alignment, ordered: true };
}
