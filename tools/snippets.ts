/** Reads snippets from their folders and runs them on a given Node, for the recorder and for the tests. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { startProgram } from '../server/run-program.ts';
import { commandText } from '../src/runtime/command.ts';
import type { Permission, ProcessLimits } from '../src/runtime/contract.ts';
import type { RecordedRun } from '../src/runtime/transcript.ts';

export const snippetsFolder = fileURLToPath(new URL('../src/content/snippets', import.meta.url));

export interface SnippetOnDisk {
  id: string;
  runs: { id: string; argv: [string, ...string[]]; exit: number }[];
  limits?: ProcessLimits;
  permissions?: Permission[];
  timeoutMs: number;
  maxOutputBytes: number;
  files: Record<string, string>;
  expected: string;
}

/** A snippet's description, programs and expectation. Throws where the folder lacks one. */
export function readSnippet(id: string): SnippetOnDisk {
  const folder = join(snippetsFolder, id);
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const programs = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return {
    timeoutMs: 15_000,
    maxOutputBytes: 262_144,
    ...parse(text('snippet.yaml')),
    id,
    files: Object.fromEntries(programs.map((name) => [name, text(name)])),
    expected: text('expected.txt'),
  };
}

/** Runs all commands of a snippet in order. `asText` has the form of expected.txt: command, output, `[code]`. */
export async function runSnippet(
  snippet: SnippetOnDisk,
  node: string,
): Promise<{ runs: RecordedRun[]; nodeVersion: string; asText: string }> {
  const runs: RecordedRun[] = [];
  for (const { argv } of snippet.runs) {
    let output = '';
    const { id, files, limits, permissions, timeoutMs, maxOutputBytes } = snippet;
    const result = await startProgram(
      {
        id,
        files,
        argv,
        timeoutMs,
        maxOutputBytes,
        ...(limits && { limits }),
        ...(permissions && { permissions }),
      },
      {
        node,
        signal: new AbortController().signal,
        onText: (text) => {
          output += text;
        },
      },
    );
    const command = commandText(argv, limits);
    if (result.outcome !== 'exited')
      throw new Error(`${id}: "${command}" did not end by itself: ${JSON.stringify(result)}`);
    runs.push({
      command,
      output: output.replace(/\n$/, ''),
      code: result.code,
      durationMs: Math.round(result.durationMs),
    });
  }
  const asText = runs.map(({ command, output, code }) => `$ ${command}\n${output}\n[${code}]\n`).join('');
  return { runs, nodeVersion: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(), asText };
}
