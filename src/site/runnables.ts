/**
 * Reads the folders of snippets and labs while the site is built: the very bytes that are run, what must hold, and what was recorded.
 * Vite inlines the files, so the dev server notices a change and a build has no path of its own.
 */
import { parseRecording, type RecordedRun, type Recording } from '../runtime/transcript.ts';

/** A recording with the name of its file: the environment, such as "node-24". */
export interface NamedRecording extends Recording {
  environment: string;
}

export interface SnippetFiles {
  /** Text of main.mjs. */
  program: string;
  /** Text of expected.txt. */
  expected: string;
  /** Newest Node first; never empty. */
  recordings: [NamedRecording, ...NamedRecording[]];
}

export interface LabFiles {
  /** Text of lab.sh. */
  script: string;
  /** Text of expected.txt. */
  expected: string;
  /** File name without ".txt" to text. */
  recorded: Record<string, string>;
  solution: SolutionFiles;
}

/** What solves the task of a lab, and what it printed. */
export interface SolutionFiles {
  /** Text of solution.sh. */
  script: string;
  /** From solution.txt: facts about the machine on which it ran. */
  header: Record<string, string>;
  run: RecordedRun;
}

type Texts = Record<string, string>;

const snippetTexts = import.meta.glob<string>('../content/snippets/*/{main.mjs,expected.txt,recorded/*.txt}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const labTexts = import.meta.glob<string>(
  '../content/labs/*/{lab.sh,expected.txt,solution.sh,solution.txt,recorded/*.txt}',
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);

/** The files of a snippet. Throws where one is missing or a recording cannot be read: a lesson must be complete without JavaScript. */
export function snippetFiles(id: string, texts: Texts = snippetTexts): SnippetFiles {
  const folder = `../content/snippets/${id}`;
  const [first, ...others] = Object.entries(recordedIn(texts, folder))
    .map(([environment, text]) => ({ environment, ...readRecording(`${folder}/recorded/${environment}.txt`, text) }))
    .sort((a, b) => nodeVersion(b) - nodeVersion(a) || a.environment.localeCompare(b.environment));
  if (!first) throw new Error(`Snippet "${id}" has no recording: run "npm run record -- ${id}" and commit the files.`);
  return {
    program: need(texts, `${folder}/main.mjs`),
    expected: need(texts, `${folder}/expected.txt`),
    recordings: [first, ...others],
  };
}

/** The files of a lab. Throws where one is missing or the recording of its solution cannot be read. */
export function labFiles(id: string, texts: Texts = labTexts): LabFiles {
  const folder = `../content/labs/${id}`;
  return {
    script: need(texts, `${folder}/lab.sh`),
    expected: need(texts, `${folder}/expected.txt`),
    recorded: recordedIn(texts, folder),
    solution: solutionFiles(texts, folder),
  };
}

function solutionFiles(texts: Texts, folder: string): SolutionFiles {
  const path = `${folder}/solution.txt`;
  const { header, runs } = readRecording(path, need(texts, path));
  const [run] = runs;
  if (!run) throw new Error(`${path} has no run.`);
  return { script: need(texts, `${folder}/solution.sh`), header, run };
}

/** One fact that is not the same in all recordings. */
export interface Difference {
  command: string;
  /** Name of the fact, "exit" for the exit code. */
  fact: string;
  /** Environment to value, in the order of the recordings; an absent fact is null. */
  values: { environment: string; value: string | null }[];
}

/**
 * What differs between recordings of the same snippet: the facts ("name=value" words that stand once in a run's output) and exit codes
 * whose values are not all equal. Facts that occur several times in a run are measurements in a loop and are left out.
 */
export function differences(recordings: readonly NamedRecording[]): Difference[] {
  const commands = [...new Set(recordings.flatMap(({ runs }) => runs.map(({ command }) => command)))];
  return commands.flatMap((command) => {
    const facts = recordings.map(({ environment, runs }) => {
      const run = runs.find((one) => one.command === command);
      return { environment, facts: run ? new Map([...factsOf(run.output), ['exit', `${run.code}`]]) : new Map() };
    });
    const names = [...new Set(facts.flatMap((one) => [...one.facts.keys()]))];
    return names
      .map((fact) => ({
        command,
        fact,
        values: facts.map((one) => ({ environment: one.environment, value: one.facts.get(fact) ?? null })),
      }))
      .filter(({ values }) => new Set(values.map(({ value }) => value)).size > 1);
  });
}

function factsOf(output: string): Map<string, string> {
  const seen = new Map<string, string[]>();
  for (const [, name = '', value = ''] of output.matchAll(/(?<![^\s])([a-z][a-z0-9_]*)=(\S+)/g))
    seen.set(name, [...(seen.get(name) ?? []), value]);
  return new Map([...seen].flatMap(([name, [only, ...more]]) => (only && more.length === 0 ? [[name, only]] : [])));
}

function recordedIn(texts: Texts, folder: string): Record<string, string> {
  const start = `${folder}/recorded/`;
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([path]) => path.startsWith(start))
      .map(([path, text]) => [path.slice(start.length).replace(/\.txt$/, ''), text]),
  );
}

function readRecording(path: string, text: string): Recording {
  try {
    return parseRecording(text);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function need(texts: Texts, path: string): string {
  const text = texts[path];
  if (text === undefined) throw new Error(`${path.replace('..', 'src')} is missing.`);
  return text;
}

/** "v24.21.0" to 24.021, to sort by; 0 where the header names no version. */
function nodeVersion({ header }: Recording): number {
  const [, major = 0, minor = 0] = /v?(\d+)\.(\d+)/.exec(header['node'] ?? '') ?? [];
  return Number(major) + Number(minor) / 1000;
}
