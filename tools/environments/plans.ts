/** What the recorder of labs is to run: where, as whom, into which file, and what must hold before it is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judge, matchExpectation, parseExpectation } from '../../src/checker/index.ts';
import { caused } from '../lab-causes/index.ts';
import { noNode, ordinary, user } from '../lab-environments.ts';
import { type LabEnvironment, type LabRun, labsFolder, type RunOptions, readLab, skipReason } from '../labs.ts';
import { type NodeVersion, nodeVersions } from '../node-versions.ts';
import { systemdRoot, systemdUser } from './debian-12-systemd.ts';
import { debian13AsRoot, debian13Header, debian13User } from './debian-13.ts';
import type { About } from './transcript.ts';

export interface Plan {
  id: string;
  environment: LabEnvironment;
  options: RunOptions;
  about: About;
  /** Header lines that are not those of this machine. */
  header?: () => Record<string, string>;
  file: string;
  /** Why a run is no recording; nothing where it is one. */
  refusal: (run: LabRun) => unknown;
}

const fixtures = fileURLToPath(new URL('../../tests/runnable/labs/fixtures', import.meta.url));
const versions = nodeVersions();
/** Without the packages of tools/node-versions: the Node of whoever started this. */
const usual: NodeVersion = versions.find(({ major }) => major === 24) ??
  versions.at(-1) ?? { major: 0, path: process.env['COURSE_READER_NODE'] ?? process.execPath };

/** Such as "debian-12". */
export function distribution(): string {
  const release = readFileSync('/etc/os-release', 'utf8');
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1];
  return [field('ID') ?? 'linux', field('VERSION_ID')].filter(Boolean).join('-');
}

const usesNode = (id: string) => readLab(id).expected.includes('@if node_');

/** Whether a run does what expected.txt says; the rows that differ where it does not. */
function unexpected(id: string, run: LabRun): unknown {
  const { ok, rows } = matchExpectation(parseExpectation(readLab(id).expected), run.output);
  if (ok && run.code === 0) return undefined;
  return rows.filter(({ kind }) => kind !== 'same' && kind !== 'any');
}

function labPlan(id: string, name: string, environment: LabEnvironment, node?: NodeVersion): Plan {
  const command = `bash ${id}.sh`;
  return {
    id,
    environment,
    options: node ? { node: node.path } : {},
    about: { environment: name, made: environment.made, command },
    file: join(labsFolder, id, 'recorded', `${name}.txt`),
    refusal: (run) => unexpected(id, run),
  };
}

/** On this machine: as a user on every Node version, as root, in a user namespace, without Node. `name`: how the machine is called. */
export function plansHere(id: string, name: string): Plan[] {
  const more = usesNode(id) ? versions.filter((version) => version !== usual) : [];
  return [
    labPlan(id, `${name}-user`, user, usual),
    ...more.map((version) => labPlan(id, `${name}-user-node-${version.major}`, user, version)),
    ...ordinary
      .filter((environment) => environment.id === 'root' || environment.id === 'userns')
      .map((environment) => labPlan(id, `${name}-${environment.id}`, environment, usual)),
    ...(usesNode(id) ? [labPlan(id, `${name}-no-node`, noNode)] : []),
  ];
}

/** Environments that are made for the runs: not this machine as it is. */
export const madeEnvironments = {
  'debian-13': (id: string): Plan[] =>
    [debian13User, debian13AsRoot].flatMap((environment) => [
      { ...labPlan(id, environment.id, environment, usual), header: debian13Header },
      ...(usesNode(id) ? [{ ...labPlan(id, `${environment.id}-no-node`, environment), header: debian13Header }] : []),
    ]),
  'debian-12-systemd': (id: string): Plan[] =>
    [systemdUser, systemdRoot].map((environment) => labPlan(id, environment.id, environment, usual)),
};

/** The solution of a lab's task. One that only says why it did nothing shows nothing, so it is not written. */
export function solutionPlan(id: string, name: string, environment: LabEnvironment): Plan {
  return {
    id,
    environment,
    options: { node: usual.path, solution: true, limit: 60 },
    about: { environment: name, made: environment.made, command: 'bash solution.sh' },
    file: join(labsFolder, id, 'solution.txt'),
    refusal: ({ code, output }) =>
      code !== 0 ? `it ended with ${code}` : skipReason(output) && `it was skipped: ${skipReason(output)}`,
  };
}

export function causePlans(ids: readonly string[]): Plan[] {
  return caused
    .filter(({ lab }) => ids.includes(lab))
    .map((environment) => {
      const { lab, cause, id } = environment;
      const shell = id === 'sourced' ? '.' : (environment.shell?.at(-1) ?? 'bash');
      return {
        id: lab,
        environment,
        options: { node: usual.path },
        about: { environment: id, made: environment.made, command: `${shell} ${lab}.sh` },
        file: join(fixtures, `${lab}.${cause}.${id}.txt`),
        refusal: (run) => {
          const found = judge(run.output, readLab(lab)).causes.map((one) => one.id);
          return found.includes(cause) ? undefined : { found };
        },
      };
    });
}
