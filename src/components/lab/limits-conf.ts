import type { LimitsConfFinding, LimitsConfLevel } from '../../checker/index.ts';

/** A line of a limits.conf with everything that is to be said about it. */
export interface LintedLine {
  line: number;
  text: string;
  findings: LimitsConfFinding[];
}

/** The findings line by line. Blank lines are left out: there is nothing to say about them. */
export function linesOf(findings: readonly LimitsConfFinding[]): LintedLine[] {
  const lines = new Map<number, LintedLine>();
  for (const finding of findings) {
    if (finding.code === 'blank') continue;
    const { line, text } = finding;
    const known = lines.get(line);
    if (known) known.findings.push(finding);
    else lines.set(line, { line, text, findings: [finding] });
  }
  return [...lines.values()];
}

export interface Tally extends Record<Exclude<LimitsConfLevel, 'comment'>, number> {
  /** The exercise is solved: every line that is not a comment does something, and the open files are among it. */
  solved: boolean;
}

/** What the exercise counts. An empty file has no line that is skipped, and solves nothing: a rule for `nofile` must be left. */
export function tally(findings: readonly LimitsConfFinding[]): Tally {
  const count = (level: LimitsConfLevel) => findings.filter((finding) => finding.level === level).length;
  const counts = { rule: count('rule'), warning: count('warning'), ignored: count('ignored'), error: count('error') };
  const opens = findings.some(({ code, params }) => code === 'rule' && params['item'] === 'nofile');
  return { ...counts, solved: opens && counts.error === 0 && counts.ignored === 0 };
}

/** The shape and colour of a finding's badge. */
export const badgeOf = { rule: 'ok', warning: 'limit', ignored: 'skipped', error: 'fail' } as const;
