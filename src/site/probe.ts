/** Reads the folder of the probe while the site is built: the very bytes that are run, and what they printed on each recorded machine. */
import { readProbe } from '../checker/probe.ts';
import { parseRecording } from '../runtime/transcript.ts';

export interface RecordedMachine {
  /** File name without ".txt", such as "debian-12-user". */
  id: string;
  /** How it was made, and when it was recorded. */
  header: Record<string, string>;
  /** The whole output, for those who want to see it. */
  output: string;
  facts: Record<string, string>;
}

type Texts = Record<string, string>;

// Vite reads the options where they stand: they cannot be a constant.
const scripts = import.meta.glob<string>('../content/probe/probe.sh', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const recordings = import.meta.glob<string>('../content/probe/recorded/*.txt', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Text of probe.sh. */
export function probeScript(texts: Texts = scripts): string {
  const [script] = Object.values(texts);
  if (script === undefined) throw new Error('src/content/probe/probe.sh is missing.');
  return script;
}

/** The recorded machines, an ordinary user first. Throws where a recording is none, or not a whole one. */
export function recordedMachines(texts: Texts = recordings): RecordedMachine[] {
  return Object.entries(texts)
    .map(([path, text]) => {
      const { header, runs } = parseRecording(text);
      const output = runs[0]?.output ?? '';
      const { facts, problem } = readProbe(`${output}\n`);
      if (problem) throw new Error(`${path.replace('..', 'src')}: ${problem}`);
      return { id: path.replace(/^.*\/|\.txt$/g, ''), header, output, facts };
    })
    .sort((one, other) => rank(one) - rank(other) || one.id.localeCompare(other.id, 'en', { numeric: true }));
}

const rank = ({ id }: RecordedMachine): number => (id.endsWith('-user') ? 0 : 1);

/** Facts in the order in which the script prints them: a collection has lost it. */
export function inScriptOrder<Fact extends { id: string }>(
  facts: readonly Fact[],
  [machine]: readonly RecordedMachine[],
): Fact[] {
  const order = new Map(Object.keys(machine?.facts ?? {}).map((id, at) => [id, at]));
  return [...facts].sort((one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0));
}

/** The facts that are not the same on all machines, and those that are, each in the order of the script. */
export function splitFacts<Fact extends { id: string }>(
  facts: readonly Fact[],
  machines: readonly RecordedMachine[],
): { differ: Fact[]; same: Fact[] } {
  const differs = ({ id }: Fact) => new Set(machines.map((one) => one.facts[id])).size > 1;
  return { differ: facts.filter(differs), same: facts.filter((fact) => !differs(fact)) };
}
