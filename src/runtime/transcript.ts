/**
 * The text form of runs: `expected.txt` and `recorded/<environment>.txt` of a snippet.
 *
 *     environment: node-24            header of a recording, ends at the first empty line
 *     recorded: 2026-11-22
 *
 *     $ node --max-old-space-size=64 main.mjs
 *     heap_size_limit_mib=256
 *     [134] 512 ms
 *
 * The command stands first, so that a recording says by itself how to make it again.
 */

export interface RecordedRun {
  command: string;
  /** Whole lines, without the final line feed. */
  output: string;
  code: number;
  durationMs: number;
}

export interface Recording {
  /** Facts about the machine, in the order of the file: environment, recorded, node, os, kernel, memory, cgroup, cpus. */
  header: Record<string, string>;
  runs: RecordedRun[];
}

const commandLine = /^\$ (.+)$/;
const exitLine = /^\[(\d{1,3})\] (\d+) ms$/;

/** Reads a recording. Throws with the line number where the text is not one. */
export function parseRecording(text: string): Recording {
  const lines = text.replace(/\n$/, '').split('\n');
  const header: Record<string, string> = {};
  let at = 0;
  for (; at < lines.length && lines[at] !== ''; at++) {
    const line = lines[at] ?? '';
    const colon = line.indexOf(': ');
    if (colon < 1) throw new Error(`line ${at + 1}: a header line is "name: value", this is "${line}"`);
    header[line.slice(0, colon)] = line.slice(colon + 2);
  }
  const runs: RecordedRun[] = [];
  for (at++; at < lines.length; ) {
    if (lines[at] === '') {
      at++;
      continue;
    }
    const command = commandLine.exec(lines[at] ?? '')?.[1];
    if (!command) throw new Error(`line ${at + 1}: a run starts with "$ command", this is "${lines[at]}"`);
    const start = ++at;
    while (at < lines.length && !exitLine.test(lines[at] ?? '')) at++;
    const exit = exitLine.exec(lines[at] ?? '');
    if (!exit) throw new Error(`line ${start}: the run of "${command}" has no closing "[code] N ms" line`);
    runs.push({
      command,
      output: lines.slice(start, at).join('\n'),
      code: Number(exit[1]),
      durationMs: Number(exit[2]),
    });
    at++;
  }
  return { header, runs };
}

/** Writes what `parseRecording` reads. Throws when an output line would be taken for a command or an exit line. */
export function formatRecording({ header, runs }: Recording): string {
  const head = Object.entries(header).map(([name, value]) => `${name}: ${value}`);
  const body = runs.flatMap((run) => {
    const output = run.output === '' ? [] : run.output.split('\n');
    const odd = output.find((line) => commandLine.test(line) || exitLine.test(line));
    if (odd !== undefined)
      throw new Error(
        `the output of "${run.command}" has the line "${odd}", which cannot be told from the recording's own lines`,
      );
    return ['', `$ ${run.command}`, ...output, `[${run.code}] ${run.durationMs} ms`];
  });
  return `${[...head, ...body].join('\n')}\n`;
}
