/** How the recordings of a lab differ: in what kind of environment each was made, and what came out otherwise than in the first. */
import type { LabRecording } from './recorded.ts';

/** In the order in which they are shown. */
export const recordingKinds = ['user', 'node', 'root', 'userns', 'no-node', 'elsewhere'] as const;
export type RecordingKind = (typeof recordingKinds)[number];

export interface Change {
  fact: string;
  before: string;
  after: string;
}

/** What a recording has otherwise than the first one. */
export interface Changes {
  facts: Change[];
  /** Checks that were skipped here only, by the reason that the script gave. */
  skipped: { reason: string; count: number }[];
  /** How many checks were skipped in the first recording, and ran here. */
  ran: number;
}

interface Outcome {
  /** "name=value" lines before the first step: the environment. */
  environment: Map<string, string>;
  /** "name=value" lines of the steps. */
  facts: Map<string, string>;
  /** Check to the reason why it was skipped; empty where it ran. */
  checks: Map<string, string>;
}

function outcomeOf({ output }: LabRecording): Outcome {
  const outcome: Outcome = { environment: new Map(), facts: new Map(), checks: new Map() };
  let seen = outcome.environment;
  for (const line of output.split('\n')) {
    if (line.startsWith('-- step ')) seen = outcome.facts;
    const [, fact, value = ''] = /^([a-z][a-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (fact) seen.set(fact, value);
    const [, check, reason = ''] = /^ok \d+ - (\S+)(?: # SKIP (.*))?$/.exec(line) ?? [];
    if (check) outcome.checks.set(check, reason);
  }
  return outcome;
}

/** Distribution and init system: what is the same for all recordings that were made on one machine. */
const systemOf = ({ environment }: Outcome) => `${environment.get('distribution')} ${environment.get('systemd')}`;

function kindOf({ environment }: Outcome, usualNode: string | undefined): RecordingKind {
  if (environment.get('userns') === 'yes') return 'userns';
  if (environment.get('uid') === '0') return 'root';
  if (environment.get('node') === 'none') return 'no-node';
  return environment.get('node') === usualNode ? 'user' : 'node';
}

/** The value that most recordings have; of equals the first. */
function mostCommon(values: readonly string[]): string | undefined {
  const count = (value: string) => values.filter((other) => other === value).length;
  return [...values].sort((one, other) => count(other) - count(one))[0];
}

/**
 * The recordings by the kind of their environment, kinds without one left out. Most are made on one system; the others count as
 * "elsewhere", whatever their user.
 */
export function recordingGroups<R extends LabRecording>(
  recordings: readonly R[],
): { kind: RecordingKind; recordings: R[] }[] {
  const outcomes = recordings.map(outcomeOf);
  const home = mostCommon(outcomes.map(systemOf));
  const usualNode = mostCommon(outcomes.flatMap(({ environment }) => environment.get('node') ?? []));
  const kinds = outcomes.map((one) => (systemOf(one) === home ? kindOf(one, usualNode) : 'elsewhere'));
  return recordingKinds
    .map((kind) => ({ kind, recordings: recordings.filter((_, at) => kinds[at] === kind) }))
    .filter((group) => group.recordings.length > 0);
}

/**
 * What each recording has otherwise than the first, in the same order; nothing for the first. Facts that a recording lacks are those of
 * skipped checks, so they are not named again. A value that is another one in each of four recordings or more was measured at that moment.
 */
export function changesOf(recordings: readonly LabRecording[]): Changes[] {
  const outcomes = recordings.map(outcomeOf);
  const [first] = outcomes;
  if (!first) return [];
  const measured = (fact: string) => {
    const values = outcomes.flatMap(({ facts }) => facts.get(fact) ?? []);
    return values.length >= 4 && new Set(values).size === values.length;
  };
  return outcomes.map(({ facts, checks }) => {
    const changed = [...facts].flatMap(([fact, after]) => {
      const before = first.facts.get(fact);
      return before === undefined || before === after || measured(fact) ? [] : [{ fact, before, after }];
    });
    const reasons = [...checks].flatMap(([check, reason]) => (reason && !first.checks.get(check) ? [reason] : []));
    const skipped = [...new Set(reasons)].map((reason) => ({
      reason,
      count: reasons.filter((other) => other === reason).length,
    }));
    const ran = [...checks].filter(([check, reason]) => !reason && first.checks.get(check)).length;
    return { facts: changed, skipped, ran };
  });
}

/** Whether a recording has nothing otherwise than the first. */
export function isSame(changes: Changes | undefined): boolean {
  return !changes || changes.facts.length + changes.skipped.length + changes.ran === 0;
}
