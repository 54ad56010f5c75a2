/** The environments in which labs are recorded and tested. Each says how it is made, and why it cannot be made where it cannot. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProgram, isRoot, type LabEnvironment, otherUser } from './labs.ts';

export const asOtherUser = (argv: string[]): string[] => [
  'setpriv',
  `--reuid=${otherUser}`,
  `--regid=${otherUser}`,
  '--clear-groups',
  ...argv,
];
/** A normal user: this one, or for root another one. */
export const asUser = (argv: string[]): string[] => (isRoot ? asOtherUser(argv) : argv);
export const userMade = isRoot ? `a fresh user (uid ${otherUser} through setpriv)` : 'the current user';

export const onlyRoot = () => (isRoot ? undefined : 'only root can make this');
export const needs = (program: string) => () => (hasProgram(program) ? undefined : `${program} is not installed`);

/** Runs a line of shell first, in the same process: limits and control groups stay for what follows. */
export const after = (line: string, argv: string[]): string[] => [
  'bash',
  '-c',
  `${line} && exec "$@"`,
  'bash',
  ...argv,
];

/** Folders of this run first, then nothing else than what is given. */
export const withNode = (nodeFolder: string | undefined, ...rest: string[]) => [
  ...(nodeFolder ? [nodeFolder] : []),
  ...rest,
];

const userns = ['unshare', '-Urpf', '--mount-proc'];

export function noUserNamespaces(): string | undefined {
  const [command = '', ...args] = asUser([...userns, 'true']);
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : `a normal user cannot make a user namespace here: ${(stderr ?? '').trim()}`;
}

export const user: LabEnvironment = { id: 'user', made: userMade, wrap: asUser };

export const noNode: LabEnvironment = {
  id: 'no-node',
  made: `${userMade}, no node on the PATH`,
  wrap: asUser,
  path: (box) => [box.programsWithout('node', 'nodejs')],
};

/** Here a lab must do what expected.txt says. */
export const ordinary: LabEnvironment[] = [
  user,
  { id: 'root', made: 'root', unavailable: onlyRoot },
  {
    id: 'userns',
    made: `root of a user namespace (${userns.join(' ')}) of ${userMade}`,
    unavailable: noUserNamespaces,
    wrap: (argv) => asUser([...userns, ...argv]),
  },
  noNode,
  {
    id: 'bare',
    made: `${userMade}, an empty environment (env -i), no new privileges`,
    unavailable: needs('setpriv'),
    wrap: (argv, box) => asUser(['setpriv', '--no-new-privs', 'env', '-i', `TMPDIR=${box.temporary}`, ...argv]),
  },
  {
    id: 'busybox-tools',
    made: `${userMade}, the tools of BusyBox and bash, as on Alpine`,
    unavailable: needs('busybox'),
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.busybox('bash')),
  },
];

/** Here a lab must refuse to begin. */
export const refusing: LabEnvironment[] = [
  { id: 'dash', made: 'dash', shell: ['dash'], unavailable: needs('dash') },
  { id: 'zsh', made: 'zsh', shell: ['zsh'], unavailable: needs('zsh') },
  { id: 'ash', made: 'ash of BusyBox', shell: ['busybox', 'ash'], unavailable: needs('busybox') },
  { id: 'sourced', made: 'sourced into a running bash', shell: ['bash', '-c', '. "$1"', 'bash'] },
];

/** A control group with one limit, under v1 or v2, for the time of one run. */
export function controlGroup(
  controller: 'pids' | 'memory',
  limit: string,
): Pick<LabEnvironment, 'unavailable' | 'prepare'> & { enter: string } {
  const v1 = existsSync(`/sys/fs/cgroup/${controller}`);
  // Whoever else records or tests on this machine has groups of their own.
  const own = `lab-${controller}-${limit}-${process.pid}`;
  const folder = join(v1 ? `/sys/fs/cgroup/${controller}` : '/sys/fs/cgroup', own);
  const file = controller === 'pids' ? 'pids.max' : v1 ? 'memory.limit_in_bytes' : 'memory.max';
  const prepare = () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), limit);
    return () => rmdirSync(folder);
  };
  return {
    enter: `echo $$ > ${folder}/cgroup.procs`,
    prepare,
    unavailable: () => {
      if (!isRoot) return 'only root can make a control group';
      try {
        prepare()();
        return undefined;
      } catch (error) {
        return `no control group with a limit of ${controller} can be made here: ${error instanceof Error ? error.message : error}`;
      }
    },
  };
}
