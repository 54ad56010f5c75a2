/** The environments in the virtual machine: who runs a lab there, and with what session of systemd. */
import { commandOf, type LabEnvironment, type LabRun, type RunOptions, type Sandbox, withoutPaths } from '../labs.ts';
import { systemFolders } from './sandbox.ts';
import { learner } from './system-image.ts';
import { type Job, noVirtualMachine, runInMachine } from './virtual-machine.ts';

const machine = 'debian-12-systemd';
const common = {
  machine,
  unavailable: noVirtualMachine,
  // A login sets a path of its own.
  path: (_: Sandbox, nodeFolder?: string) => [...(nodeFolder ? [nodeFolder] : []), ...systemFolders],
} as const;

/** As if the account had logged in: PAM, and with it a session of systemd. */
export const loggedIn = (argv: string[]): string[] => [
  ...['/usr/sbin/runuser', '--login', learner, '--whitelist-environment', 'LAB_MARK,TMPDIR'],
  ...['--command', 'exec "$@"', '--', 'bash'],
  ...argv,
];

export const systemdUser: LabEnvironment = {
  ...common,
  id: 'debian-12-systemd-user',
  made: 'a normal user with a session of systemd',
  wrap: loggedIn,
};

export const systemdRoot: LabEnvironment = {
  ...common,
  id: 'debian-12-systemd-root',
  made: 'root with all capabilities',
};

/** The same account without a login: nothing tells it where its session is. */
export const withoutSession: LabEnvironment = {
  ...common,
  id: 'switched-user',
  made: 'a normal user that root switched to (setpriv), without a session of systemd',
  wrap: (argv) => ['setpriv', `--reuid=${learner}`, `--regid=${learner}`, '--init-groups', ...argv],
};

export interface MachineRun extends LabRun {
  /** The lines of a header that are about the machine. */
  header: Record<string, string>;
  /** Of the root of that machine, as in /proc/PID/status. */
  capabilities: string;
  left: string;
}

/** Runs labs in one virtual machine that is made for them. Gives their runs in the same order. */
export async function runLabsInMachine(
  box: Sandbox,
  runs: readonly { id: string; environment: LabEnvironment; options: RunOptions }[],
): Promise<MachineRun[]> {
  const jobs = runs.map(({ id, environment, options }): Job => {
    const { argv, env } = commandOf(box, id, environment, options);
    return { name: `${id} in ${environment.id}`, argv, env };
  });
  const { facts, results, machine } = await runInMachine(box, jobs);
  if (facts['state'] !== 'running')
    throw new Error(`systemd in the virtual machine says that it is "${facts['state']}"`);
  const { os = '', kernel = '', memory = '', cgroup = '', cpus = '', systemd = '', capabilities = '' } = facts;
  return results.map((result, at) => ({
    ...result,
    output: withoutPaths(result.output, box, runs[at]?.id ?? ''),
    header: { os, kernel, machine, memory, cgroup, cpus, systemd },
    capabilities,
  }));
}
