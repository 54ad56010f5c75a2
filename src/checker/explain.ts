import { fitLine, parsePattern } from './pattern.ts';
import type { Mismatch, StepResult } from './types.ts';

/** What is known of a paste, to find causes in. */
export interface Observed {
  lines: readonly string[];
  facts: Readonly<Record<string, string>>;
  steps: readonly StepResult[];
}

/**
 * The known causes that fit, best first. A cause with more conditions says more about what happened, so it stands before one with
 * fewer: each fact, missing fact, given fact and line counts one, `failed` and `skipped` count one each, and `unless` nothing. Among
 * equals the order of the list holds. A cause without any condition never fits, and a pattern that cannot be read fits nothing.
 */
export function explain<Cause extends Pick<Mismatch, 'when'>>(
  mismatches: readonly Cause[],
  observed: Observed,
): Cause[] {
  return mismatches
    .filter((one) => weightOf(one.when) > 0 && holds(one.when, observed))
    .sort((one, other) => weightOf(other.when) - weightOf(one.when));
}

function weightOf({ facts = {}, missing = [], given = [], lines = [], failed, skipped }: Mismatch['when']): number {
  const each = Object.keys(facts).length + missing.length + given.length + lines.length;
  return each + (failed?.length ? 1 : 0) + (skipped?.length ? 1 : 0);
}

function holds(when: Mismatch['when'], { lines, facts, steps }: Observed): boolean {
  const has = (ids: readonly string[], status: string) =>
    ids.length === 0 || steps.some(({ checks }) => checks.some((one) => one.status === status && ids.includes(one.id)));
  const areSo = (patterns: Readonly<Record<string, string>>) =>
    Object.entries(patterns).every(([name, source]) => {
      const value = facts[name];
      return value !== undefined && fits(source, [value]);
    });
  return (
    areSo(when.facts ?? {}) &&
    !(when.unless && areSo(when.unless)) &&
    (when.missing ?? []).every((name) => facts[name] === undefined) &&
    (when.given ?? []).every((name) => facts[name] !== undefined) &&
    has(when.failed ?? [], 'failed') &&
    has(when.skipped ?? [], 'skipped') &&
    (when.lines ?? []).every((source) => fits(source, lines))
  );
}

function fits(source: string, lines: readonly string[]): boolean {
  try {
    const pattern = parsePattern(source);
    return lines.some((line) => fitLine(pattern, line) !== undefined);
  } catch {
    return false;
  }
}
