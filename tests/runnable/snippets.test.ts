/** Runs every snippet, here and now, on every Node version, through the code that the local server runs them with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchExpectation, parseExpectation } from '../../src/checker/index.ts';
import { commandText } from '../../src/runtime/command.ts';
import { parseRecording } from '../../src/runtime/transcript.ts';
import { nodeVersions } from '../../tools/node-versions.ts';
import { readSnippet, runSnippet, snippetsFolder } from '../../tools/snippets.ts';

const ids = readdirSync(snippetsFolder);
const installed = nodeVersions();
// Recordings need Linux; elsewhere the programs still run on the machine's own Node.
const versions = installed.length > 0 ? installed : [{ major: 0, path: process.execPath }];

/** What does not fit, as a sentence for the test's output; empty where all does. */
function misfit(expected: string, text: string): string {
  const expectation = parseExpectation(expected);
  expect(expectation.errors).toEqual([]);
  const result = matchExpectation(expectation, text);
  return result.ok ? '' : `${JSON.stringify(result, null, 1)}\n${text}`;
}

it('runs on all four Node versions', ({ skip }) => {
  if (process.platform !== 'linux')
    skip(
      'the Node versions of tools/node-versions are packages for Linux; here the snippets run on the Node of this machine',
    );
  expect(installed.map(({ major }) => major)).toEqual([20, 22, 24, 26]);
});

describe.each(ids)('%s', (id) => {
  const snippet = readSnippet(id);
  const commands = snippet.runs.map(({ argv }) => commandText(argv, snippet.limits));

  it.each(versions)('does on Node $major what expected.txt says', async ({ path }) => {
    const { asText, runs } = await runSnippet(snippet, path);
    expect(misfit(snippet.expected, asText)).toBe('');
    expect(runs.map(({ code }) => code)).toEqual(snippet.runs.map(({ exit }) => exit));
  });

  const recorded = readdirSync(join(snippetsFolder, id, 'recorded'));

  it('is recorded on four Node versions', () => {
    expect(recorded.sort()).toEqual(['node-20.txt', 'node-22.txt', 'node-24.txt', 'node-26.txt']);
  });

  it.each(recorded)('%s satisfies expected.txt', (name) => {
    const recording = parseRecording(readFileSync(join(snippetsFolder, id, 'recorded', name), 'utf8'));
    expect(recording.runs.map(({ command }) => command)).toEqual(commands);
    expect(recording.header).toMatchObject({
      environment: name.replace('.txt', ''),
      node: expect.stringMatching(/^v\d+\./),
    });
    const text = recording.runs.map(({ command, output, code }) => `$ ${command}\n${output}\n[${code}]\n`).join('');
    expect(misfit(snippet.expected, text)).toBe('');
  });

  it('shows the commands of expected.txt', () => {
    const shown = snippet.expected.split('\n').filter((line) => line.startsWith('$ '));
    expect(shown.map((line) => line.slice(2))).toEqual(commands);
  });

  it('can be read on a phone: at most 40 lines of 80 columns', () => {
    const lines = snippet.files['main.mjs']?.trimEnd().split('\n') ?? [];
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});
