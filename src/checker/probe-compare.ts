import { explain } from './explain.ts';
import { firstBroken, fitLine, parsePattern } from './pattern.ts';
import type { Mismatch } from './types.ts';

// One machine beside another: which facts differ, which explanation fits, and which recorded machine is nearest.

/** When an explanation of a fact holds. Patterns are lines of the checker's grammar, with bounds such as `[[n:int<256]]:[..]`. */
export interface FactCondition {
  /** The value of the reader's machine. */
  mine?: string | undefined;
  /** The value of the other machine; there is none where a machine is looked at alone. */
  theirs?: string | undefined;
  /** The reader's number beside the other one; of limits the soft one, and `unlimited` is above every number. */
  than?: 'lower' | 'higher' | undefined;
  /** Other facts of the reader's machine: name to pattern. */
  where?: Record<string, string> | undefined;
}

export interface FactRules {
  id: string;
  /** How much a difference counts when the nearest machine is looked for; 0 not at all. */
  weight: number;
  /** The first one that holds is the explanation. One without any condition always holds. */
  rules: readonly { when: FactCondition }[];
}

export type Facts = Readonly<Record<string, string>>;

export interface FactRow {
  id: string;
  mine: string;
  theirs: string | undefined;
  same: boolean;
  /** Index of the rule that explains the difference; -1 where nothing differs or no rule holds. */
  rule: number;
}

/** The facts of two machines in the order of `facts`. A fact that the reader's output lacks says nothing, and is left out. */
export function compareMachines(mine: Facts, theirs: Facts, facts: readonly FactRules[]): FactRow[] {
  return facts.flatMap((fact) => {
    const own = mine[fact.id];
    const other = theirs[fact.id];
    if (own === undefined) return [];
    const same = sameValue(own, other);
    return [{ id: fact.id, mine: own, theirs: other, same, rule: same ? -1 : ruleOf(fact, mine, other) }];
  });
}

/** Index of the first rule that holds, or -1. Without `theirs`, rules that compare never hold. */
export function ruleOf({ id, rules }: Omit<FactRules, 'weight'>, mine: Facts, theirs?: string): number {
  return rules.findIndex(({ when }) => holds(when, mine[id], theirs, mine));
}

function holds(
  { mine, theirs, than, where = {} }: FactCondition,
  own: string | undefined,
  other: string | undefined,
  all: Facts,
) {
  return (
    (mine === undefined || fits(mine, own)) &&
    (theirs === undefined || fits(theirs, other)) &&
    (than === undefined || order(own, other) === than) &&
    Object.entries(where).every(([name, pattern]) => fits(pattern, all[name]))
  );
}

/** Whether a value fits a pattern with all its bounds. A pattern that cannot be read fits nothing. */
export function fits(source: string, value: string | undefined): boolean {
  if (value === undefined) return false;
  try {
    const pattern = parsePattern(source);
    const taken = fitLine(pattern, value);
    return taken !== undefined && firstBroken(pattern, taken) === undefined;
  } catch {
    return false;
  }
}

/** Equal, or equal in every side of a limit that both have: `1024:?` is `1024:4096`. A fact that one lacks differs. */
function sameValue(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one === other) return true;
  if (!one.includes('?') && !other.includes('?')) return false;
  const sides = other.split(':');
  return one.split(':').every((side, at) => side === '?' || sides[at] === '?' || side === sides[at]);
}

function order(one: string | undefined, other: string | undefined): 'lower' | 'higher' | 'equal' | undefined {
  const pairs = numbersOf(one).map((number, at): [number, number | undefined] => [number, numbersOf(other)[at]]);
  for (const [number, against] of pairs) {
    if (against === undefined || Number.isNaN(number) || Number.isNaN(against)) continue;
    if (number !== against) return number < against ? 'lower' : 'higher';
  }
  return pairs.length > 0 ? 'equal' : undefined;
}

/** The numbers of a value, soft before hard. Where a limit is given as a number at all, `none` and `unlimited` mean that there is no limit. */
function numbersOf(value = ''): number[] {
  return value.split(':').map((side) => {
    if (side === 'unlimited' || side === 'none') return Number.POSITIVE_INFINITY;
    return /^v?\d/.test(side) ? Number.parseFloat(side.replace('v', '')) : Number.NaN;
  });
}

/** The ids of the machines, the nearest first. Among those that are equally far, the one with fewer differences of any weight. */
export function nearest(mine: Facts, machines: Readonly<Record<string, Facts>>, facts: readonly FactRules[]): string[] {
  const distance = (theirs: Facts, weightOf: (fact: FactRules) => number) =>
    facts.reduce((sum, fact) => sum + weightOf(fact) * howFar(mine[fact.id], theirs[fact.id]), 0);
  return Object.entries(machines)
    .map(([id, theirs]) => ({ id, far: distance(theirs, ({ weight }) => weight), differ: distance(theirs, () => 1) }))
    .sort((one, other) => one.far - other.far || one.differ - other.differ)
    .map(({ id }) => id);
}

/** 0 to 1. Half, where only what stands after the first dot differs: `v24.21.0` is nearer to `v24.1.0` than to `v20.1.0`. */
function howFar(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined || sameValue(one, other)) return 0;
  return one.includes('.') && one.split('.')[0] === other.split('.')[0] ? 0.5 : 1;
}

/** The facts that the labs print as well, with the same meaning: those of `begin`, and two that are found out in the same way. */
export const sharedFacts: ReadonlySet<string> = new Set([
  'os',
  'kernel',
  'arch',
  'distribution',
  'shell',
  'in_container',
  'cgroup',
  'userns',
  'wsl',
  'systemd',
  'node',
  'node_usable',
  'hard_raise',
  'prlimit',
]);

/** The known causes of a lab that are to be expected on a machine, best first: those whose conditions are shared facts only. */
export function expectedCauses<Cause extends Pick<Mismatch, 'when'>>(causes: readonly Cause[], facts: Facts): Cause[] {
  const known = causes.filter(
    ({ when: { facts = {}, unless = {}, missing, given, lines, failed, skipped } }) =>
      [missing, given, lines, failed, skipped].every((list) => !list?.length) &&
      Object.keys({ ...facts, ...unless }).every((name) => sharedFacts.has(name)),
  );
  return explain(known, { facts, lines: [], steps: [] });
}
