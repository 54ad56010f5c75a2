/** Node in control groups with a memory limit, as the lesson has recorded it: again, here and now. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { matchExpectation, parseExpectation } from '../../../src/checker/index.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';
import {
  asText,
  expectedLimits,
  limitArgv,
  limitCommands,
  limitsFolder,
  memoryLimits,
} from '../../../tools/environments/memory-limits.ts';
import { controlGroup } from '../../../tools/lab-environments.ts';
import { Sandbox } from '../../../tools/labs.ts';
import { nodeVersions } from '../../../tools/node-versions.ts';

const box = new Sandbox();
afterAll(() => box.dispose());

const scope = /^systemd-run --user --scope -q -p MemoryMax=(\d+M) -p MemorySwapMax=0 /;
const hasUserSession = spawnSync('systemd-run', ['--user', '--scope', '-q', 'true']).status === 0;

/** Runs one of the commands: with systemd where this user has a session of it, or else, as root, in a control group made by hand. */
function run(folder: string, node: string, command: string): { command: string; output: string; code: number } {
  const limit = hasUserSession ? undefined : scope.exec(command)?.[1];
  const group = limit ? controlGroup('memory', limit) : undefined;
  const undo = group?.prepare?.(box);
  const argv = limitArgv(folder, node, group ? command.replace(scope, '') : command);
  if (group) argv[2] = `${group.enter} && ${argv[2]}`;
  const { stdout, status } = spawnSync(argv[0] ?? '', [...argv.slice(1, -1), `exec 2>&1; ${argv.at(-1)}`], {
    encoding: 'utf8',
  });
  undo?.();
  return { command, output: stdout.replaceAll(`${folder}/`, '').trimEnd(), code: status ?? 128 };
}

it.for(nodeVersions())('does the same on Node $major', ({ major, path }, { skip }) => {
  if (process.platform !== 'linux') skip('control groups need Linux');
  const reason = hasUserSession ? undefined : controlGroup('memory', '512M').unavailable?.();
  if (reason) skip(`${reason}, and this user has no session of systemd`);
  const folder = limitsFolder(box);
  const node = box.nodeFolder(path);
  const runs = limitCommands().map((command) => run(folder, node, command));
  const result = matchExpectation(parseExpectation(expectedLimits()), asText(runs));
  const wrong = result.rows.filter(({ kind }) => kind !== 'same' && kind !== 'any');
  expect({ ok: result.ok, wrong }, asText(runs)).toEqual({ ok: true, wrong: [] });

  // To the number, since the lesson shows them.
  const recorded = parseRecording(readFileSync(join(memoryLimits, 'recorded', `node-${major}.txt`), 'utf8'));
  const numbers = (all: readonly { output: string }[]) => all.map(({ output }) => /^\d+$/.exec(output)?.[0]);
  if (process.arch === 'x64' && recorded.runs[0]?.output === runs[0]?.output)
    expect(numbers(runs)).toEqual(numbers(recorded.runs));
});
