/**
 * Records labs on this machine: as a user on every Node version, as root, in a user namespace, without Node.
 *
 *   npm run record:labs -- emfile oom     these labs; without a name, all
 *   npm run record:labs -- --causes       instead: the transcripts of known causes, in tests/runnable/labs/fixtures
 *
 * Only a run that satisfies expected.txt is written as a recording, and only one for which the cause is found as a transcript of it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judge, matchExpectation, parseExpectation } from '../src/checker/index.ts';
import { formatRecording } from '../src/runtime/transcript.ts';
import { caused } from './lab-causes/index.ts';
import { noNode, ordinary, user } from './lab-environments.ts';
import { type LabEnvironment, type LabRun, labIds, labsFolder, readLab, Sandbox, startLab } from './labs.ts';
import { machineHeader } from './machine.ts';
import { type NodeVersion, nodeVersions } from './node-versions.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { causes: { type: 'boolean' } } });
const fixtures = fileURLToPath(new URL('../tests/runnable/labs/fixtures', import.meta.url));
const chosen = positionals.length > 0 ? positionals : labIds();
const versions = nodeVersions();
const usual = versions.find(({ major }) => major === 24) ?? versions.at(-1);

/** Such as "debian-12". */
function distribution(): string {
  const release = readFileSync('/etc/os-release', 'utf8');
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1];
  return [field('ID') ?? 'linux', field('VERSION_ID')].filter(Boolean).join('-');
}

/** CAP_SYS_RESOURCE is bit 24 (include/uapi/linux/capability.h); it decides whether a hard limit can be raised. */
function capabilities(output: string): string {
  if (!/^uid=0$/m.test(output) || !/^userns=no$/m.test(output)) return 'none';
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${effective}`) >> 24n) & 1n
    ? 'with CAP_SYS_RESOURCE'
    : 'without CAP_SYS_RESOURCE, as in a container';
}

function transcript(id: string, name: string, environment: LabEnvironment, run: LabRun): string {
  const { recorded = '', ...machine } = machineHeader();
  const fact = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(run.output)?.[1];
  const header = {
    environment: name,
    recorded,
    ...machine,
    ...(fact('shell') && { shell: fact('shell') ?? '' }),
    ...(fact('node') && { node: fact('node') ?? '' }),
    user: environment.made,
    capabilities: capabilities(run.output),
  };
  const shell = environment.id === 'sourced' ? '.' : (environment.shell?.at(-1) ?? 'bash');
  const runs = [
    {
      command: `${shell} ${id}.sh`,
      output: run.output.trimEnd(),
      code: run.code,
      durationMs: run.durationMs,
    },
  ];
  const text = formatRecording({ header, runs });
  // A machine that is called like the lab ("vm") is not given away by the lab's own name.
  if (os.hostname() !== id && text.includes(os.hostname()))
    throw new Error(`${id} in ${name}: the name of this machine is in the output`);
  return text;
}

let refused = 0;
function refuse(what: string, why: unknown, output: string): void {
  refused++;
  console.error(`${what} was not written:`);
  console.error(why);
  console.error(output);
}

async function record(box: Sandbox, id: string, suffix: string, environment: LabEnvironment, node?: NodeVersion) {
  const name = `${distribution()}-${suffix}`;
  const run = await startLab(box, id, environment, node && { node: node.path }).done;
  const result = matchExpectation(parseExpectation(readLab(id).expected), run.output);
  if (!result.ok || run.code !== 0) {
    const rows = result.rows.filter(({ kind }) => kind !== 'same' && kind !== 'any');
    return refuse(`${id} in ${name}`, rows, run.output);
  }
  mkdirSync(join(labsFolder, id, 'recorded'), { recursive: true });
  writeFileSync(join(labsFolder, id, 'recorded', `${name}.txt`), transcript(id, name, environment, run));
  console.log(`${id} in ${name}: ${run.durationMs} ms`);
}

async function recordAll(box: Sandbox): Promise<void> {
  for (const id of chosen) {
    const usesNode = readLab(id).expected.includes('@if node_');
    for (const version of usesNode ? versions : []) {
      const suffix = version === usual ? 'user' : `user-node-${version.major}`;
      await record(box, id, suffix, user, version);
    }
    if (!usesNode) await record(box, id, 'user', user, usual);
    for (const environment of ordinary.filter(({ id }) => id === 'root' || id === 'userns')) {
      const why = environment.unavailable?.();
      if (why) console.log(`${id} in ${environment.id}: not recorded, ${why}`);
      else await record(box, id, environment.id, environment, usual);
    }
    if (usesNode) await record(box, id, noNode.id, noNode);
  }
}

async function recordCauses(box: Sandbox): Promise<void> {
  mkdirSync(fixtures, { recursive: true });
  for (const environment of caused.filter(({ lab }) => chosen.includes(lab))) {
    const { lab, cause, id } = environment;
    const why = environment.unavailable?.();
    if (why) {
      console.log(`${cause} in ${lab}: not recorded, ${why}`);
      continue;
    }
    const run = await startLab(box, lab, environment, usual && { node: usual.path }).done;
    const found = judge(run.output, readLab(lab)).causes.map((one) => one.id);
    if (!found.includes(cause)) refuse(`${cause} in ${lab}`, { found }, run.output);
    else writeFileSync(join(fixtures, `${lab}.${cause}.${id}.txt`), transcript(lab, id, environment, run));
    console.log(`${cause} in ${lab}: found ${found.join(', ')}`);
  }
}

const box = new Sandbox();
try {
  await (values.causes ? recordCauses(box) : recordAll(box));
} finally {
  box.dispose();
}
process.exitCode = refused > 0 ? 1 : 0;
