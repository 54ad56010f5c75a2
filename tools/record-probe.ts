/**
 * Records the probe on this machine, in the environments in which labs are recorded: as a user on every Node version, as root, in a user
 * namespace, without Node, with the tools of BusyBox, with an empty environment.
 *
 *   npm run record:probe
 *
 * For a machine that this command cannot reach (a chroot, a virtual machine), run the script there and give what it printed to
 * `writeProbeRecording`.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProbe } from '../src/checker/probe.ts';
import { formatRecording } from '../src/runtime/transcript.ts';
import { noNode, ordinary, user } from './lab-environments.ts';
import { type LabEnvironment, type LabRun, Sandbox, startLab } from './labs.ts';
import { type NodeVersion, nodeVersions } from './node-versions.ts';

export const probeScript = fileURLToPath(new URL('../src/content/probe/probe.sh', import.meta.url));
const recorded = fileURLToPath(new URL('../src/content/probe/recorded', import.meta.url));

/** Runs the probe in an environment of the labs. */
export function runProbe(box: Sandbox, environment: LabEnvironment, node?: NodeVersion): Promise<LabRun> {
  copyFileSync(probeScript, join(box.folder, 'probe.sh'));
  return startLab(box, 'probe', environment, node && { node: node.path }).done;
}

/**
 * The text of a recording. Its header comes from the output alone, so it is right for another machine than this one, too.
 *
 * @param made how the environment is made, in English, such as "a chroot of Debian 13"
 * @throws where the output is not a whole one of the probe, or holds the name of this machine
 */
export function probeRecording(environment: string, made: string, { output, code, durationMs }: LabRun): string {
  const { facts, problem } = readProbe(output);
  if (problem || code !== 0) throw new Error(`probe in ${environment}: ${problem ?? `exit code ${code}`}\n${output}`);
  if (output.split(/[^\w.-]+/).includes(os.hostname()))
    throw new Error(`probe in ${environment}: the name of this machine is in the output`);
  const header = {
    environment,
    recorded: new Date().toISOString().slice(0, 10),
    distribution: facts['distribution'] ?? '',
    kernel: `Linux ${facts['kernel']} ${facts['arch']}`,
    shell: facts['shell'] ?? '',
    node: facts['node'] ?? '',
    user: made,
  };
  return formatRecording({
    header,
    runs: [{ command: 'bash probe.sh', output: output.trimEnd(), code, durationMs }],
  });
}

/** Writes src/content/probe/recorded/<environment>.txt. For the parameters see `probeRecording`. */
export function writeProbeRecording(environment: string, made: string, run: LabRun): void {
  const text = probeRecording(environment, made, run);
  mkdirSync(recorded, { recursive: true });
  writeFileSync(join(recorded, `${environment}.txt`), text);
  console.log(`probe in ${environment}: ${run.durationMs} ms`);
}

async function main(): Promise<void> {
  const versions = nodeVersions();
  const usual = versions.find(({ major }) => major === 24) ?? versions.at(-1);
  const box = new Sandbox();
  const record = async (suffix: string, environment: LabEnvironment, node?: NodeVersion) => {
    const why = environment.unavailable?.();
    if (why) return console.log(`probe in ${suffix}: not recorded, ${why}`);
    const run = await runProbe(box, environment, node);
    const distribution = readProbe(run.output).facts['distribution'] ?? 'linux';
    writeProbeRecording(`${distribution}-${suffix}`, environment.made, run);
  };
  try {
    for (const version of versions)
      await record(version === usual ? 'user' : `user-node-${version.major}`, user, version);
    for (const environment of ordinary)
      if (environment.id !== user.id)
        await record(environment.id, environment, environment === noNode ? undefined : usual);
  } finally {
    box.dispose();
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
