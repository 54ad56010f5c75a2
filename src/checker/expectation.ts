import { type Pattern, parsePattern } from './pattern.ts';

// The grammar of `expected.txt`; README.md of this folder has it on one page.

/** `@if fact=value` or `@if fact!=value`. A fact that was not printed counts as the empty text. */
export interface Condition {
  fact: string;
  equal: boolean;
  value: string;
}

export type Item =
  /** `...` */
  | { kind: 'lines' }
  | {
      kind: 'line' | 'optional' | 'forbidden';
      pattern: Pattern;
      /** All of them must hold, or the line does not count. */
      conditions: readonly Condition[];
    };

/** An author's mistake: the number of the line (from 1) and a sentence in English. */
export interface ExpectationError {
  line: number;
  message: string;
}

export interface Expectation {
  items: Item[];
  errors: ExpectationError[];
}

const condition = /^@if ([a-z_][a-z0-9_]*)(!?=)(\S*)$/;

/** Reads an expectation. It never throws: what cannot be read is left out and stands in `errors`. */
export function parseExpectation(text: string): Expectation {
  const items: Item[] = [];
  const errors: ExpectationError[] = [];
  const captured = new Set<string>();
  const open: { line: number; condition: Condition }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const wrong = (message: string) => errors.push({ line, message });
    const source = raw.trimEnd();
    if (source === '' || source.startsWith('#')) continue;
    if (source === '...') {
      items.push({ kind: 'lines' });
    } else if (source.startsWith('@if')) {
      const read = condition.exec(source);
      if (!read) wrong('a condition is "@if fact=value" or "@if fact!=value"');
      open.push({
        line,
        condition: { fact: read?.[1] ?? '', equal: read?.[2] === '=', value: read?.[3] ?? '' },
      });
    } else if (source === '@end') {
      if (!open.pop()) wrong('"@end" without an "@if" before it');
    } else if (source.startsWith('@')) {
      wrong(`"${source}" is neither "@if …" nor "@end"; for a line that starts with "@" write "\\@"`);
    } else {
      const kind = source.startsWith('?? ') ? 'optional' : source.startsWith('!! ') ? 'forbidden' : 'line';
      const rest = kind === 'line' ? source : source.slice(3);
      try {
        const pattern = parsePattern(withoutEscape(rest));
        for (const problem of captureProblems(pattern, captured, kind === 'forbidden')) wrong(problem);
        if (rest === '...') wrong('"..." stands alone: any lines are allowed there anyway');
        else items.push({ kind, pattern, conditions: open.map((one) => one.condition) });
      } catch (error) {
        wrong((error as Error).message);
      }
    }
  }
  for (const { line } of open) errors.push({ line, message: '"@if" without an "@end" after it' });
  return { items, errors: errors.sort((one, other) => one.line - other.line) };
}

/** A backslash in front of a mark takes its meaning away. */
function withoutEscape(source: string): string {
  return /^\\(?:[#@\\]|\.\.\.$|\?\? |!! )/.test(source) ? source.slice(1) : source;
}

function captureProblems({ parts }: Pattern, captured: Set<string>, forbidden: boolean): string[] {
  const problems: string[] = [];
  const known = (name: string) => {
    if (!captured.has(name)) problems.push(`"${name}" is not captured before this place`);
  };
  for (const part of parts) {
    if (part.kind === 'same') known(part.name);
    if (part.kind !== 'capture') continue;
    if (forbidden) problems.push('a forbidden line cannot capture: write "[..]"');
    for (const { value } of part.bounds) if (typeof value === 'string') known(value);
    if (!forbidden) captured.add(part.name);
  }
  return problems;
}
