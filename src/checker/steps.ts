import type { Item } from './expectation.ts';
import { readCheck, readStep, topicOf } from './output.ts';
import type { CheckResult, DiffRow, Status, StepResult } from './types.ts';

interface OpenStep {
  id: string;
  checks: CheckResult[];
  required: boolean;
  seen: boolean;
}

/**
 * The steps of a lab with their checks, in the order of the expectation; `active` are the items whose conditions hold. A check belongs to the step under which the expectation names
 * it, because a script reports a skipped check before its step would have begun; a check it does not name, to the step it stands in.
 * Optional steps and checks that were not printed are left out, required ones are `missing`.
 */
export function readSteps(
  items: readonly Item[],
  active: readonly Item[],
  lines: readonly string[],
  rows: readonly DiffRow[],
): StepResult[] {
  const steps: OpenStep[] = [];
  const home = new Map<string, OpenStep>();
  const required = new Set<string>();
  let here: OpenStep | undefined;
  const stepOf = (id: string): OpenStep => {
    const known = steps.find((one) => one.id === id);
    if (known) return known;
    const made: OpenStep = { id, checks: [], required: false, seen: false };
    // A step that the expectation does not name stands where it was printed.
    steps.splice(here ? steps.indexOf(here) + 1 : steps.length, 0, made);
    return made;
  };
  for (const item of items) {
    if (item.kind === 'lines' || item.kind === 'forbidden') continue;
    const { source } = item.pattern;
    const id = readStep(source);
    if (id !== undefined) here = stepOf(id);
    const topic = topicOf(source);
    if (!topic.startsWith('check ')) continue;
    here ??= stepOf('start');
    const check = topic.slice('check '.length);
    if (!home.has(check)) home.set(check, here);
  }
  for (const item of active) {
    if (item.kind !== 'line') continue;
    const id = readStep(item.pattern.source);
    if (id !== undefined) stepOf(id).required = true;
    const topic = topicOf(item.pattern.source);
    if (topic.startsWith('check ')) required.add(topic.slice('check '.length));
  }

  here = undefined;
  for (const line of lines) {
    const id = readStep(line);
    if (id !== undefined) {
      here = stepOf(id);
      here.seen = true;
    }
    const check = readCheck(line);
    if (!check) continue;
    const step = home.get(check.id) ?? here ?? steps[0] ?? stepOf('start');
    const before = step.checks.find((one) => one.id === check.id);
    if (!before) step.checks.push(check);
    // Printed twice: the worse one counts.
    else if (before.status !== 'failed') before.status = check.status;
  }
  for (const [id, step] of home)
    if (required.has(id) && !step.checks.some((one) => one.id === id)) step.checks.push({ id, status: 'missing' });

  const wrong = stepsWithDifferences(rows);
  return steps
    .filter((one) => one.required || one.seen || one.checks.length > 0)
    .map(({ id, checks, seen }) => ({ id, checks, status: wrong.has(id) ? 'failed' : statusOf(checks, seen) }));
}

function statusOf(checks: readonly CheckResult[], seen: boolean): Status {
  const has = (status: Status) => checks.some((one) => one.status === status);
  if (has('failed')) return 'failed';
  if (has('missing') || (checks.length === 0 && !seen)) return 'missing';
  return checks.length > 0 && checks.every((one) => one.status === 'skipped') ? 'skipped' : 'passed';
}

/** Steps in which the output says something else than it should. */
function stepsWithDifferences(rows: readonly DiffRow[]): Set<string> {
  const wrong = new Set<string>();
  let here = '';
  for (const row of rows) {
    const id = readStep('actual' in row ? row.actual : row.expected);
    if (id !== undefined) here = id;
    // The totals at the end belong to no step.
    if (isWrong(row) && !('expected' in row && /^(plan|end)$/.test(topicOf(row.expected)))) wrong.add(here);
  }
  return wrong;
}

/**
 * Whether a row contradicts the expectation. Where steps were skipped, the numbers of the checks after them and their total are others:
 * that alone is no contradiction, and a skipped check is none either.
 */
export function isWrong(row: DiffRow): boolean {
  if (row.kind === 'forbidden') return true;
  if (row.kind !== 'different') return false;
  const topic = topicOf(row.expected);
  if (topic === 'plan') return false;
  return !(topic.startsWith('check ') && readCheck(row.actual)?.status !== 'failed');
}
