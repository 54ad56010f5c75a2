/**
 * Records the probe: on this machine in the environments of the labs, in a chroot of Debian 13, and in a virtual machine with systemd.
 *
 *   npm run record:probe                    all of them; one that cannot be made here is named with the reason
 *   npm run record:probe -- debian-13       only the environments whose name has this in it
 *
 * For a machine that this command does not know, run the script there and give what it printed to `writeProbeRecording`.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readProbe } from '../src/checker/probe.ts';
import { formatRecording } from '../src/runtime/transcript.ts';
import { runLabsInMachine, systemdRoot, systemdUser } from './environments/debian-12-systemd.ts';
import { debian13AsRoot, debian13User } from './environments/debian-13.ts';
import { distribution } from './environments/plans.ts';
import { noNode, ordinary, user } from './lab-environments.ts';
import { type LabEnvironment, type LabRun, Sandbox, startLab } from './labs.ts';
import { type NodeVersion, nodeVersions } from './node-versions.ts';

export const probeScript = fileURLToPath(new URL('../src/content/probe/probe.sh', import.meta.url));
const recorded = fileURLToPath(new URL('../src/content/probe/recorded', import.meta.url));

/** Runs the probe in an environment of the labs that is on this machine. */
export function runProbe(box: Sandbox, environment: LabEnvironment, node?: NodeVersion): Promise<LabRun> {
  addProbe(box);
  return startLab(box, 'probe', environment, node && { node: node.path }).done;
}

const addProbe = (box: Sandbox): void => copyFileSync(probeScript, join(box.folder, 'probe.sh'));

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

interface Place {
  name: string;
  environment: LabEnvironment;
  node: NodeVersion | undefined;
}

/** Every environment under the name of its recording. */
function places(): Place[] {
  const versions = nodeVersions();
  const usual = versions.find(({ major }) => major === 24) ?? versions.at(-1);
  const here = distribution();
  const others = ordinary.filter(({ id }) => id !== user.id);
  return [
    ...versions.map((node) => ({
      name: `${here}-user${node === usual ? '' : `-node-${node.major}`}`,
      environment: user,
      node,
    })),
    ...others.map((environment) => ({
      name: `${here}-${environment.id}`,
      environment,
      node: environment === noNode ? undefined : usual,
    })),
    ...[debian13User, debian13AsRoot, systemdUser, systemdRoot].map((environment) => ({
      name: environment.id,
      environment,
      node: usual,
    })),
  ];
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const box = new Sandbox();
  addProbe(box);
  const possible = places().filter(({ name, environment }) => {
    if (positionals.length > 0 && !positionals.some((part) => name.includes(part))) return false;
    const why = environment.unavailable?.();
    if (why) console.log(`probe in ${name}: not recorded, ${why}`);
    return !why;
  });
  const inMachine = possible.filter(({ environment }) => environment.machine);
  try {
    for (const { name, environment, node } of possible)
      if (!environment.machine) writeProbeRecording(name, environment.made, await runProbe(box, environment, node));
    if (inMachine.length === 0) return;
    const jobs = inMachine.map(({ environment, node }) => ({
      id: 'probe',
      environment,
      options: node ? { node: node.path } : {},
    }));
    const runs = await runLabsInMachine(box, jobs);
    for (const [at, { name, environment }] of inMachine.entries()) {
      const run = runs[at];
      if (run) writeProbeRecording(name, `${environment.made}, ${run.header['machine']}`, run);
    }
  } finally {
    box.dispose();
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
