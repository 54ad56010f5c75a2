import { longestLine } from './normalise.ts';
import type { BrokenBound } from './types.ts';

// One line of an expectation, and whether a line of output fits it. There is no RegExp here that is made from content or from pasted
// text: a matcher of its own goes over each line once for each part of the pattern, whatever the line holds.

type Operator = BrokenBound['operator'];

/** A comparison with a number, or with an earlier capture by its name. */
export interface Bound {
  operator: Operator;
  value: number | string;
}

export type Part =
  | { kind: 'text'; text: string }
  /** `[..]`: anything, also nothing. */
  | { kind: 'any' }
  /** `[[name]]`, `[[name:int>=5]]`: a word (no white space in it) or a whole number, remembered under its name. */
  | { kind: 'capture'; name: string; type: 'word' | 'int'; bounds: Bound[] }
  /** `[[=name]]`: the same word as the earlier capture. */
  | { kind: 'same'; name: string }
  /** `[[a|b]]`: one of these texts. */
  | { kind: 'either'; options: string[] };

export interface Pattern {
  /** As the author wrote it, without the marks in front. */
  source: string;
  parts: Part[];
}

const name = /^[a-z_][a-z0-9_]*$/;
const captureForm = /^([a-z_][a-z0-9_]*)(?::(int|word))?((?:[<>=!]=?-?[a-z0-9_]+)*)$/;
const boundForm = /(>=|<=|==|!=|>|<)(-?\d+|[a-z_][a-z0-9_]*)/y;

/** Reads one line of an expectation. Throws a sentence for its author where a `[[…]]` cannot be read. */
export function parsePattern(source: string): Pattern {
  if (source.length > longestLine) throw new Error(`a line has at most ${longestLine} characters`);
  const parts: Part[] = [];
  let text = '';
  const add = (part: Part) => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    parts.push(part);
  };
  for (let at = 0; at < source.length; ) {
    if (source.startsWith('\\[', at)) {
      text += '[';
      at += 2;
    } else if (source.startsWith('[..]', at)) {
      add({ kind: 'any' });
      at += 4;
    } else if (source.startsWith('[[', at) && source[at + 2] !== '[') {
      const end = source.indexOf(']]', at + 2);
      if (end < 0) throw new Error('"[[" has no "]]"; for the text itself write "\\[["');
      add(parsePart(source.slice(at + 2, end)));
      at = end + 2;
    } else {
      text += source[at++];
    }
  }
  if (text !== '') parts.push({ kind: 'text', text });
  return { source, parts };
}

function parsePart(body: string): Part {
  if (body.startsWith('=') && name.test(body.slice(1))) return { kind: 'same', name: body.slice(1) };
  if (body.includes('|')) return { kind: 'either', options: body.split('|') };
  const form = captureForm.exec(body);
  if (!form) throw new Error(`"[[${body}]]" is no capture, comparison or choice; for the text itself write "\\[["`);
  const type = form[2] === 'int' ? 'int' : 'word';
  const bounds = parseBounds(form[3] ?? '', body);
  if (bounds.length > 0 && type !== 'int') throw new Error(`the bounds of "[[${body}]]" need ":int" after the name`);
  return { kind: 'capture', name: form[1] ?? '', type, bounds };
}

function parseBounds(text: string, body: string): Bound[] {
  const bounds: Bound[] = [];
  boundForm.lastIndex = 0;
  let read = 0;
  for (let found = boundForm.exec(text); found; found = boundForm.exec(text)) {
    const value = found[2] ?? '';
    bounds.push({ operator: found[1] as Operator, value: name.test(value) ? value : Number(value) });
    read = boundForm.lastIndex;
  }
  if (read < text.length) throw new Error(`"${text.slice(read)}" in "[[${body}]]" is no bound such as ">=5"`);
  return bounds;
}

const space = (code: number): boolean => code === 32 || code === 9;
const digit = (code: number): boolean => code >= 48 && code <= 57;

/**
 * Fits a line. Gives the texts of the captures and comparisons in the order of the pattern, or nothing. Bounds and comparisons are not
 * looked at here. Where more than one reading is possible, `[..]` takes as little and a capture as much as it can, from the left.
 * Time and memory are at most the length of the line times the length of the pattern.
 */
export function fitLine({ parts }: Pattern, line: string): string[] | undefined {
  const first = parts[0];
  const last = parts[parts.length - 1];
  if (!first || !last) return line === '' ? [] : undefined;
  if (first.kind === 'text' && !line.startsWith(first.text)) return undefined;
  if (last.kind === 'text' && !line.endsWith(last.text)) return undefined;
  if (first === last && first.kind === 'text') return line === first.text ? [] : undefined;
  return parts.every(({ kind }) => kind === 'text' || kind === 'any') ? fitWildcards(parts, line) : fitAll(parts, line);
}

/** Texts and `[..]` only: each text where it first occurs, and the last one at the end. */
function fitWildcards(parts: readonly Part[], line: string): string[] | undefined {
  let at = 0;
  let free = false;
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'text') {
      free = true;
      continue;
    }
    const found = !free
      ? at
      : index === parts.length - 1
        ? line.length - part.text.length
        : line.indexOf(part.text, at);
    if (found < at || !line.startsWith(part.text, found)) return undefined;
    at = found + part.text.length;
    free = false;
  }
  return free || at === line.length ? [] : undefined;
}

/** From the back: at which places the rest of the pattern fits the rest of the line. Then once from the front along these places. */
function fitAll(parts: readonly Part[], line: string): string[] | undefined {
  const places: Uint8Array[] = new Array(parts.length + 1);
  const end = new Uint8Array(line.length + 2);
  end[line.length] = 1;
  places[parts.length] = end;
  for (let index = parts.length - 1; index >= 0; index--)
    places[index] = placesOf(parts[index] as Part, line, places[index + 1] as Uint8Array);
  if (places[0]?.[0] !== 1) return undefined;
  const taken: string[] = [];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const next = endOf(part, line, at, places[index + 1] as Uint8Array);
    if (part.kind === 'capture' || part.kind === 'same') taken.push(line.slice(at, next));
    at = next;
  }
  return taken;
}

function placesOf(part: Part, line: string, next: Uint8Array): Uint8Array {
  const here = new Uint8Array(line.length + 2);
  switch (part.kind) {
    case 'text':
    case 'either':
      for (const option of part.kind === 'text' ? [part.text] : part.options)
        for (
          let at = line.indexOf(option);
          at >= 0 && at + option.length <= line.length;
          at = line.indexOf(option, at + 1)
        ) {
          if (next[at + option.length]) here[at] = 1;
          // An empty option occurs at the end of the line again and again.
          if (at === line.length) break;
        }
      break;
    case 'any':
      for (let at = line.length; at >= 0; at--) here[at] = next[at] || here[at + 1] ? 1 : 0;
      break;
    case 'capture':
    case 'same': {
      const whole = part.kind === 'capture' && part.type === 'int';
      for (let at = line.length - 1; at >= 0; at--) {
        const code = line.charCodeAt(at);
        if (whole ? digit(code) : !space(code)) here[at] = next[at + 1] || here[at + 1] ? 1 : 0;
      }
      // A minus belongs to the number after it. Done last, so that no minus stands inside a number.
      if (whole)
        for (let at = 0; at < line.length; at++)
          if (line[at] === '-' && here[at + 1] && digit(line.charCodeAt(at + 1))) here[at] = 1;
      break;
    }
  }
  return here;
}

function endOf(part: Part, line: string, at: number, next: Uint8Array): number {
  switch (part.kind) {
    case 'text':
      return at + part.text.length;
    case 'either':
      return at + (part.options.find((option) => line.startsWith(option, at) && next[at + option.length])?.length ?? 0);
    case 'any':
      while (!next[at]) at++;
      return at;
    default: {
      const whole = part.kind === 'capture' && part.type === 'int';
      let end = at;
      let to = whole && line[at] === '-' ? at + 1 : at;
      while (to < line.length && (whole ? digit(line.charCodeAt(to)) : !space(line.charCodeAt(to))))
        if (next[++to]) end = to;
      return end;
    }
  }
}

const compare: Record<Operator, (one: number, other: number) => boolean> = {
  '>=': (one, other) => one >= other,
  '<=': (one, other) => one <= other,
  '==': (one, other) => one === other,
  '!=': (one, other) => one !== other,
  '>': (one, other) => one > other,
  '<': (one, other) => one < other,
};

/**
 * The first bound or comparison that does not hold. With `captures`, those with earlier captures too, and the line's own captures are
 * remembered in it; without it, only those with numbers, which do not depend on other lines.
 */
export function firstBroken(
  { parts }: Pattern,
  taken: readonly string[],
  captures?: Map<string, string>,
): BrokenBound | undefined {
  let broken: BrokenBound | undefined;
  let index = 0;
  for (const part of parts) {
    if (part.kind !== 'capture' && part.kind !== 'same') continue;
    const value = taken[index++] ?? '';
    if (part.kind === 'same') {
      if (!captures) continue;
      const needs = captures.get(part.name);
      if (needs !== value)
        broken ??= {
          name: part.name,
          value,
          operator: '==',
          bound: part.name,
          ...(needs === undefined ? {} : { needs }),
        };
      continue;
    }
    for (const { operator, value: bound } of part.bounds) {
      if (typeof bound === 'string' && !captures) continue;
      const needs = typeof bound === 'number' ? `${bound}` : captures?.get(bound);
      if (needs !== undefined && compare[operator](Number(value), Number(needs))) continue;
      broken ??= { name: part.name, value, operator, bound: `${bound}`, ...(needs === undefined ? {} : { needs }) };
    }
    captures?.set(part.name, value);
  }
  return broken;
}
