/** Node in control groups with a memory limit: the commands of labs/oom/memory-limits/expected.txt, recorded with every Node version. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { matchExpectation, parseExpectation } from '../../src/checker/index.ts';
import { formatRecording, type RecordedRun } from '../../src/runtime/transcript.ts';
import { type Sandbox, withoutPaths } from '../labs.ts';
import { nodeVersions } from '../node-versions.ts';
import { labsFolder } from '../sync-prelude.ts';
import { loggedIn } from './debian-12-systemd.ts';
import { type Job, runInMachine } from './virtual-machine.ts';

export const memoryLimits = join(labsFolder, 'oom', 'memory-limits');
export const expectedLimits = (): string => readFileSync(join(memoryLimits, 'expected.txt'), 'utf8');

/** The commands, in order. */
export function limitCommands(): string[] {
  return [...expectedLimits().matchAll(/^\$ (.+)$/gm)].map(([, command = '']) => command);
}

/** A folder of the sandbox with the program that the commands name, as the lab writes it. */
export function limitsFolder(box: Sandbox): string {
  const script = readFileSync(join(labsFolder, 'oom', 'lab.sh'), 'utf8');
  const program = script.split(`/eat.js" <<'JS'\n`)[1]?.split('\nJS\n')[0];
  if (!program) throw new Error('labs/oom/lab.sh does not write an eat.js');
  const folder = join(box.folder, 'memory-limits');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'eat.js'), `${program}\n`);
  return folder;
}

/** Runs one of the commands in that folder, without a core file; what bash itself says of a killed program is not the program's. */
export function limitArgv(folder: string, nodeFolder: string, command: string): string[] {
  const line = `cd '${folder}' && ulimit -c 0 && PATH='${nodeFolder}':$PATH && { ${command} & wait "$!" 2>/dev/null; }`;
  return ['bash', '-c', line];
}

/** In the form of expected.txt. */
export const asText = (runs: readonly Pick<RecordedRun, 'command' | 'output' | 'code'>[]): string =>
  runs.map(({ command, output, code }) => `$ ${command}\n${output}\n[${code}]\n`).join('');

/** Records them in the virtual machine; by default with every Node version of tools/node-versions. Gives the number of versions refused. */
export async function recordMemoryLimits(box: Sandbox, versions = nodeVersions()): Promise<number> {
  const folder = limitsFolder(box);
  const commands = limitCommands();
  const jobs = versions.flatMap(({ major, path }) =>
    commands.map((command, at): Job => {
      const argv = loggedIn(limitArgv(folder, box.nodeFolder(path), command));
      return { name: `memory limits ${at + 1} of ${commands.length}, Node ${major}`, argv, env: {} };
    }),
  );
  const { facts, results, machine } = await runInMachine(box, jobs);
  const { os = '', kernel = '', memory = '', cgroup = '', cpus = '', systemd = '' } = facts;
  let refused = 0;
  for (const [at, { major }] of versions.entries()) {
    const own = results.slice(at * commands.length, (at + 1) * commands.length);
    const runs = own.map(({ output, code, durationMs }, index) => ({
      command: commands[index] ?? '',
      output: withoutPaths(output, box, basename(folder)).trimEnd(),
      code,
      durationMs,
    }));
    const result = matchExpectation(parseExpectation(expectedLimits()), asText(runs));
    if (!result.ok || own.some(({ left }) => left)) {
      refused++;
      console.error(`${basename(memoryLimits)} on Node ${major} was not written:`);
      console.error(result.rows.filter(({ kind }) => kind !== 'same' && kind !== 'any'));
      console.error(asText(runs));
      continue;
    }
    const header = {
      environment: `node-${major}`,
      recorded: new Date().toISOString().slice(0, 10),
      node: runs[0]?.output ?? '',
      ...{ os, kernel, machine, memory, cgroup, cpus, systemd },
    };
    mkdirSync(join(memoryLimits, 'recorded'), { recursive: true });
    writeFileSync(join(memoryLimits, 'recorded', `node-${major}.txt`), formatRecording({ header, runs }));
    console.log(`memory limits on Node ${major}: recorded`);
  }
  return refused;
}
