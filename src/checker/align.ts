import type { Condition, Expectation, Item } from './expectation.ts';
import { topicOf } from './output.ts';
import { firstBroken, fitLine, type Pattern } from './pattern.ts';
import type { BrokenBound, DiffRow } from './types.ts';

// Lays an output beside its expectation, in order, so that as much as possible fits. Which expected line belongs to which line of output
// is decided by what each line looks like; comparisons with earlier captures judge a line but never choose it.

/** At most so many pairs of an expected line and a line of output are compared; what stands after that counts as unexpected. */
const mostPairs = 2_000_000;

/** What each kind of difference costs. A line taken by `...` costs almost nothing, so of two lines that fit the first is taken. */
const cost = { taken: 1, otherVersion: 1e7, otherText: 1.4e7, missing: 1.5e7, unexpected: 1.5e7, noise: 0.5e7 };

interface Node {
  pattern: Pattern;
  topic: string;
  optional: boolean;
  /** `...` stands before it. */
  free: boolean;
  /** `!!` lines that stand before it. */
  forbidden: Pattern[];
}

export interface Alignment {
  /** Every expected line was found, in order, and nothing else. */
  ok: boolean;
  rows: DiffRow[];
  captures: Record<string, string>;
}

export interface AlignOptions {
  /** The facts of the whole output, for `@if`. */
  facts: Readonly<Record<string, string>>;
  /** Parts of the output are known to be missing: what depends on a fact or a capture that was not seen is not held against the rest. */
  partial?: boolean;
}

/** Lines and conditions that count for these facts. Where a fact may only be cut off, its lines are optional. */
export function activeItems(items: readonly Item[], { facts, partial = false }: AlignOptions): Item[] {
  return items.flatMap((item): Item[] => {
    if (item.kind === 'lines') return [item];
    const unknown = (one: Condition) => partial && facts[one.fact] === undefined;
    const holds = (one: Condition) => ((facts[one.fact] ?? '') === one.value) === one.equal;
    if (!item.conditions.every((one) => unknown(one) || holds(one))) return [];
    const kind = item.kind === 'line' && item.conditions.some(unknown) ? 'optional' : item.kind;
    return [{ ...item, kind }];
  });
}

/** Compares lines (without empty ones) with the expectation. Time is lines times expected lines, up to a fixed bound. */
export function align(expectation: Expectation, lines: readonly string[], options: AlignOptions): Alignment {
  const items = activeItems(expectation.items, options);
  const nodes: Node[] = [];
  let free = false;
  let forbidden: Pattern[] = [];
  for (const item of items) {
    if (item.kind === 'lines') free = true;
    else if (item.kind === 'forbidden') forbidden.push(item.pattern);
    else {
      const { pattern } = item;
      nodes.push({ pattern, topic: topicOf(pattern.source), optional: item.kind === 'optional', free, forbidden });
      free = false;
      forbidden = [];
    }
  }
  const count = Math.min(lines.length, Math.floor(mostPairs / (nodes.length + 1)));
  const rows = new Rows(options.partial ?? false);
  walk(nodes, lines.slice(0, count), free, rows);
  for (const pattern of forbidden) rows.forbid(pattern);
  rows.settle();
  for (const actual of lines.slice(count)) rows.list.push({ kind: 'unexpected', actual });
  const ok = rows.list.every(({ kind }) => kind === 'same' || kind === 'any');
  return { ok, rows: rows.list, captures: Object.fromEntries(rows.captures) };
}

const pairing = { none: 0, version: 1, fits: 2 } as const;

/** The cheapest way from every place to the end, then once along it from the start. */
function walk(nodes: readonly Node[], lines: readonly string[], freeAtEnd: boolean, rows: Rows): void {
  const width = lines.length + 1;
  const topics = lines.map(topicOf);
  const least = new Float64Array(width * (nodes.length + 1));
  const pairs = new Uint8Array(width * nodes.length);
  const skipLine = (node: number, line: number): number => {
    if (nodes[node]?.free ?? freeAtEnd) return cost.taken;
    return topics[line] === 'text' || topics[line] === 'note' ? cost.noise : cost.unexpected;
  };
  for (let line = lines.length - 1; line >= 0; line--) {
    const here = nodes.length * width + line;
    least[here] = (least[here + 1] ?? 0) + skipLine(nodes.length, line);
  }
  for (let node = nodes.length - 1; node >= 0; node--) {
    const { pattern, topic, optional } = nodes[node] as Node;
    const without = optional ? 0 : cost.missing;
    const pairCost = topic === 'text' || topic === 'raw' ? cost.otherText : cost.otherVersion;
    for (let line = lines.length; line >= 0; line--) {
      const here = node * width + line;
      let best = (least[here + width] ?? 0) + without;
      if (line < lines.length) {
        best = Math.min(best, (least[here + 1] ?? 0) + skipLine(node, line));
        const pair = pairOf(pattern, topic, lines[line] as string, topics[line] as string);
        pairs[here - node] = pair;
        if (pair !== pairing.none)
          best = Math.min(best, (least[here + width + 1] ?? 0) + (pair === pairing.fits ? 0 : pairCost));
      }
      least[here] = best;
    }
  }
  let node = 0;
  let line = 0;
  while (node < nodes.length || line < lines.length) {
    const here = node * width + line;
    const now = least[here] ?? 0;
    const one = nodes[node];
    const actual = lines[line];
    if (one && actual !== undefined) {
      const pair = pairs[here - node];
      const pairCost = one.topic === 'text' || one.topic === 'raw' ? cost.otherText : cost.otherVersion;
      if (pair !== pairing.none && now === (least[here + width + 1] ?? 0) + (pair === pairing.fits ? 0 : pairCost)) {
        for (const pattern of one.forbidden) rows.forbid(pattern);
        rows.pair(one.pattern, actual);
        node++;
        line++;
        continue;
      }
    }
    if (one && (actual === undefined || now === (least[here + width] ?? 0) + (one.optional ? 0 : cost.missing))) {
      for (const pattern of one.forbidden) rows.forbid(pattern);
      if (!one.optional) rows.list.push({ kind: 'missing', expected: one.pattern.source });
      node++;
      continue;
    }
    rows.list.push({ kind: (one?.free ?? freeAtEnd) ? 'any' : 'unexpected', actual: actual ?? '' });
    line++;
  }
}

function pairOf(pattern: Pattern, topic: string, line: string, lineTopic: string): number {
  const taken = fitLine(pattern, line);
  if (taken && !firstBroken(pattern, taken)) return pairing.fits;
  return taken || topic === lineTopic ? pairing.version : pairing.none;
}

/** The rows of the comparison in their order, with the captures so far and the lines that are forbidden until the next found one. */
class Rows {
  readonly list: DiffRow[] = [];
  readonly captures = new Map<string, string>();
  #forbidden: Pattern[] = [];
  #since = 0;
  readonly #partial: boolean;

  constructor(partial: boolean) {
    this.#partial = partial;
  }

  forbid(pattern: Pattern): void {
    this.#forbidden.push(pattern);
  }

  /** An expected line and the line of output that belongs to it. */
  pair(pattern: Pattern, actual: string): void {
    const expected = pattern.source;
    const taken = fitLine(pattern, actual);
    const broken = taken && firstBroken(pattern, taken, this.captures);
    if (taken && (!broken || (this.#partial && broken.needs === undefined))) {
      this.settle();
      this.list.push({ kind: 'same', expected, actual });
      this.#since = this.list.length;
      return;
    }
    this.list.push({
      kind: 'different',
      expected,
      actual,
      why: broken ? whyBroken(broken) : '',
      ...(broken ? { bound: broken } : {}),
    });
  }

  /** Looks for forbidden lines since the last line that was found. */
  settle(): void {
    const since = this.list.splice(this.#since);
    for (const row of since) {
      const actual =
        row.kind === 'any' || row.kind === 'unexpected' || row.kind === 'different' ? row.actual : undefined;
      const broken = actual === undefined ? undefined : this.#forbidden.find((pattern) => fitLine(pattern, actual));
      if (actual === undefined || !broken) {
        this.list.push(row);
        continue;
      }
      if (row.kind === 'different') this.list.push({ kind: 'missing', expected: row.expected });
      this.list.push({ kind: 'forbidden', expected: broken.source, actual });
    }
    this.#forbidden = [];
    this.#since = this.list.length;
  }
}

/** In signs only, so that it reads the same in every language: `opened = 99, not <= 31`. */
function whyBroken({ name, value, operator, bound, needs }: BrokenBound): string {
  const shown = needs === undefined ? `${bound} = ?` : needs === bound ? bound : `${bound} (${needs})`;
  return `${name} = ${value} ↔ ${operator} ${shown}`;
}
