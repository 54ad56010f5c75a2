/** Puts a run into the text of a recording: what decides the output, and nothing that says whose machine it was. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { formatRecording } from '../../src/runtime/transcript.ts';
import { type LabRun, labIds } from '../labs.ts';
import { machineHeader } from '../machine.ts';

/** About the machine on which a run was made. */
export interface Machine {
  header: Record<string, string>;
  /** The effective capabilities of its root, in hexadecimal digits. */
  capabilities: string;
}

/** This machine. `change`: header lines that are not so in the environment, such as `os` in a chroot. */
export function thisMachine(change: Record<string, string> = {}): Machine {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const { recorded: _, ...header } = machineHeader();
  return { header: { ...header, ...change }, capabilities: effective };
}

const fact = (output: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(output)?.[1];

/** CAP_SYS_RESOURCE is bit 24 (include/uapi/linux/capability.h); it decides whether a hard limit can be raised. */
function capabilitiesOf(output: string, effective: string): string {
  if (fact(output, 'uid') !== '0' || fact(output, 'userns') !== 'no') return 'none';
  return (BigInt(`0x${effective}`) >> 24n) & 1n
    ? 'with CAP_SYS_RESOURCE'
    : 'without CAP_SYS_RESOURCE, as in a container';
}

/** The name of this machine and the home folder of its user, where they stand in an output as words of their own. */
function givenAway(output: string): string[] {
  // A machine may be called "debian" or "lab", or like one of the labs ("vm"): such words are there anyway.
  const lines = output.split('\n').filter((line) => !/^(distribution=|os=|kernel=|== |-- )/.test(line));
  const words = new Set(lines.flatMap((line) => line.split(/[^\w.-]+/)));
  const host = os.hostname();
  const names = words.has(host) && !labIds().includes(host) ? [host] : [];
  const home = os.homedir();
  return home.length > 1 && home !== '/root' && output.includes(home) ? [...names, home] : names;
}

export interface About {
  environment: string;
  /** Who ran it, in English. */
  made: string;
  command: string;
}

/**
 * The text of a recording with one run.
 *
 * @throws where the output has the name of this machine or the home folder of its user
 */
export function transcript({ environment, made, command }: About, run: LabRun, machine: Machine): string {
  const found = givenAway(run.output);
  if (found.length > 0) throw new Error(`${environment}: the output of "${command}" has ${found.join(' and ')} in it`);
  const [shell, node] = [fact(run.output, 'shell'), fact(run.output, 'node')];
  const header = {
    environment,
    recorded: new Date().toISOString().slice(0, 10),
    ...machine.header,
    ...(shell && { shell }),
    ...(node && { node }),
    user: made,
    ...(fact(run.output, 'uid') && { capabilities: capabilitiesOf(run.output, machine.capabilities) }),
  };
  const { output, code, durationMs } = run;
  return formatRecording({ header, runs: [{ command, output: output.trimEnd(), code, durationMs }] });
}
