// How the output of a lab is written: every line says by its beginning what it is.

/** `ok 3 - id`, `not ok 3 - id`, `ok 3 - id # SKIP reason`. */
export interface CheckLine {
  id: string;
  status: 'passed' | 'failed' | 'skipped';
  reason?: string;
}

const check = /^(not )?ok \d+ - (\S+)(?: # SKIP ?(.*))?$/;
const expectedCheck = /^(?:not )?ok \S+ - ([^\s[]+)/;
const step = /^-- step (\S+)$/;
const fact = /^([a-z_][a-z0-9_]*)=(.*)$/;

export function readCheck(line: string): CheckLine | undefined {
  const read = check.exec(line);
  if (!read) return undefined;
  const reason = read[3];
  if (reason !== undefined) return { id: read[2] ?? '', status: 'skipped', reason };
  return { id: read[2] ?? '', status: read[1] ? 'failed' : 'passed' };
}

export const readStep = (line: string): string | undefined => step.exec(line)?.[1];

/** The facts (`name=value`) of an output; the last one of a name counts. */
export function readFacts(lines: readonly string[]): Record<string, string> {
  // Without a prototype: "constructor" is no fact unless a line says so.
  const facts: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const read = fact.exec(line);
    if (read) facts[read[1] ?? ''] = read[2] ?? '';
  }
  return facts;
}

/**
 * What a line of output, or of an expectation, is about. Two lines of the same topic are two versions of one line ("opened=29" and
 * "opened=99"), so the comparison shows them side by side. `text` is everything that the conventions do not know.
 */
export function topicOf(line: string): string {
  const id = expectedCheck.exec(line)?.[1];
  if (id) return `check ${id}`;
  const name = fact.exec(line)?.[1];
  if (name) return `fact ${name}`;
  if (line.startsWith('-- step ')) return line;
  if (line.startsWith('== lab ')) return 'lab';
  if (line.startsWith('== end ')) return 'end';
  if (line.startsWith('1..')) return 'plan';
  if (line.startsWith('| ') || line === '|') return 'raw';
  if (line.startsWith('# ')) return 'note';
  if (line.startsWith('$ ')) return 'command';
  if (/^\[\d{1,3}\]/.test(line)) return 'exit';
  return 'text';
}

/** Whether a line is none of a lab's own: from the shell, from another job, or a remark of the script ("# saw …"). */
export const isNoise = (line: string): boolean => /^(?:text|note)$/.test(topicOf(line));

/** Widths at which terminals that give hard line ends wrap: consoles, `screen`, serial lines. */
const widths = new Set([80, 100, 120, 132]);

/**
 * Joins lines that a terminal broke at its width. Every line of a lab says what it is, so a line that does not, after one that fills
 * the width, is the rest of that one.
 */
export function joinWrapped(lines: readonly string[]): string[] {
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  // A space at the break is not copied, so the longest line may be one short.
  const width = widths.has(longest) ? longest : widths.has(longest + 1) ? longest + 1 : 0;
  if (width === 0) return [...lines];
  const joined: string[] = [];
  let before = 0;
  for (const line of lines) {
    const at = joined.length - 1;
    if (at >= 0 && before >= width - 1 && topicOf(line) === 'text')
      joined[at] = `${joined[at]}${before < width && !line.startsWith(' ') ? ' ' : ''}${line}`;
    else joined.push(line);
    before = line.length;
  }
  return joined;
}
