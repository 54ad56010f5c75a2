/** A verdict as plain text for a terminal. */
import type { DiffRow, Status, Verdict } from '../src/checker/index.ts';
import type { Language } from '../src/site/locales.ts';

/** Looks up an i18n key and fills its placeholders. */
export type Say = (key: string, params?: Record<string, string>) => string;

const signs: Record<Status, string> = { passed: '+', failed: 'x', skipped: '~', missing: '?' };

/** Steps with their checks, the lines that differ with their neighbours, and the likely causes with what to do. */
export function verdictText(verdict: Verdict, say: Say, language: Language): string {
  const { lab, outcome, problem, otherLab, steps, diff, causes } = verdict;
  const parts = [`${lab}: ${say(`checker.outcome.${outcome}`)}`];
  if (problem) parts.push(say(`checker.problem.${problem}`, { lab, other: otherLab ?? '' }));
  if (steps.length > 0)
    parts.push(
      section(
        say('checker.heading.steps'),
        steps.flatMap(({ id, status, checks }) => [
          `${signs[status]} ${id}: ${say(`checker.status.${status}`)}`,
          ...checks
            .filter((one) => one.status !== 'passed')
            .map(
              (one) => `    ${one.id}: ${say(`checker.status.${one.status}`)}${one.reason ? ` (${one.reason})` : ''}`,
            ),
        ]),
      ),
    );
  if (diff.some((row) => !isFine(row))) parts.push(section(say('checker.heading.diff'), diffLines(diff, say)));
  if (causes.length > 0)
    parts.push(
      section(
        say('checker.heading.causes'),
        causes.flatMap(({ cause, remedy }) => [
          `* ${cause[language].trim()}`,
          `  ${say('checker.remedy')} ${remedy[language].trim()}`,
        ]),
      ),
    );
  return `${parts.join('\n\n')}\n`;
}

const section = (heading: string, lines: readonly string[]): string =>
  [heading, ...lines.map((line) => `  ${line}`)].join('\n');

const isFine = (row: DiffRow): boolean => row.kind === 'same' || row.kind === 'any';

/** "-" what was expected, "+" what stands in the output; one fitting line of context, the rest counted. */
function diffLines(rows: readonly DiffRow[], say: Say): string[] {
  const lines: string[] = [];
  let folded = 0;
  const unfold = () => {
    if (folded > 0) lines.push(`  … ${say('checker.diff.folded', { count: `${folded}` })}`);
    folded = 0;
  };
  for (const [at, row] of rows.entries()) {
    if (isFine(row) && [rows[at - 1], rows[at + 1]].every((one) => one === undefined || isFine(one))) {
      folded++;
      continue;
    }
    unfold();
    if (row.kind === 'same' || row.kind === 'any') lines.push(`  ${row.actual}`);
    if (row.kind === 'missing' || row.kind === 'different')
      lines.push(`- ${row.expected}    (${say('checker.diff.expected')})`);
    if (row.kind === 'different')
      lines.push(`+ ${row.actual}    (${say('checker.diff.actual')}${row.why ? `: ${row.why}` : ''})`);
    if (row.kind === 'unexpected') lines.push(`+ ${row.actual}    (${say('checker.diff.actual')})`);
    if (row.kind === 'forbidden') lines.push(`! ${row.actual}    (${say('checker.diff.forbidden')}: ${row.expected})`);
  }
  unfold();
  return lines;
}
