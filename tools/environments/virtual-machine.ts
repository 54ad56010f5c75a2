/**
 * A virtual machine with Debian 12, systemd and control groups of version 2, for what a container does not have. It has three disks: the
 * system, to which no change is kept; the sandbox with the jobs; and one that it writes the results to. It has no network.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  cpSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hasProgram, type Sandbox } from './sandbox.ts';
import { diskOf, noSystemImage, type SystemImage, systemImage } from './system-image.ts';

/** MiB; the labs about memory need 700 of them free. */
const memory = 2048;
const qemu = 'qemu-system-x86_64';
const runJobs = fileURLToPath(new URL('./jobs/run-jobs.sh', import.meta.url));

/** Whether the next machine is tried with KVM. */
let kvm = true;

/** One command to be run in the machine, as root. */
export interface Job {
  name: string;
  argv: string[];
  env: Record<string, string>;
}

export interface JobResult {
  output: string;
  code: number;
  durationMs: number;
  /** What is there five seconds after its end: processes, files, scopes and mounts, a line each. */
  left: string;
}

export interface MachineResult {
  /** What the machine says of itself: os, kernel, memory, cgroup, cpus, systemd, capabilities, state. */
  facts: Record<string, string>;
  /** How it was made, such as "virtual machine (QEMU, KVM)". */
  machine: string;
  /** In the order of the jobs. */
  results: JobResult[];
}

/** Why there can be no such machine here; nothing where it can. */
export function noVirtualMachine(): string | undefined {
  if (!hasProgram(qemu)) return `${qemu} is not installed (Debian: apt-get install qemu-system-x86)`;
  return noSystemImage();
}

/**
 * Runs jobs in a machine that is made for them, one after the other.
 *
 * @param box is at the same place in the machine, with all that was put into it so far
 * @throws where the machine does not start or does not end by itself; it is ended then
 */
export async function runInMachine(box: Sandbox, jobs: readonly Job[]): Promise<MachineResult> {
  const why = noVirtualMachine();
  if (why) throw new Error(why);
  const image = systemImage();
  // KVM can be there and still not run this system, in a machine that is virtual itself; emulation always can, some ten times slower.
  for (const accelerator of [...(kvm && isUsable('/dev/kvm') ? ['kvm'] : []), 'tcg']) {
    const disks = new Disks(box, jobs);
    try {
      if (await started(image, disks, accelerator, jobs.length)) {
        const how = accelerator === 'kvm' ? 'KVM' : 'no KVM: an emulated processor, so all times are long';
        return { ...disks.results(jobs.length), machine: `virtual machine (QEMU, ${how})` };
      }
      console.log(`the virtual machine does not start with ${accelerator}`);
      kvm = false;
    } finally {
      disks.close();
    }
  }
  throw new Error('the virtual machine did not start');
}

function isUsable(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** The disks of one machine: files that have no name any more when it starts, so that nothing of them can stay. */
class Disks {
  readonly jobs: number;
  readonly output: number;

  constructor(box: Sandbox, jobs: readonly Job[]) {
    const control = join(box.folder, 'jobs');
    mkdirSync(control);
    const folder = mkdtempSync(join(tmpdir(), 'lab-machine-'));
    try {
      const lines = jobs.map(({ name, argv, env }, at) => {
        const variables = Object.entries({ ...env, LAB_MARK: `job-${at}` }).map(([key, value]) => `${key}=${value}`);
        return ['job', `${at}`, name, 'env', '-i', ...variables, ...argv].map(quoted).join(' ');
      });
      writeFileSync(join(control, 'jobs.sh'), `${lines.join('\n')}\n`);
      writeFileSync(join(control, 'folder'), box.folder);
      cpSync(runJobs, join(control, 'run-jobs.sh'));
      diskOf(box.folder, join(folder, 'jobs'), 4096);
      this.jobs = openSync(join(folder, 'jobs'), 'r+');
      this.output = openSync(join(folder, 'output'), 'w+');
      ftruncateSync(this.output, 64 * 2 ** 20);
    } finally {
      rmSync(folder, { recursive: true });
      rmSync(control, { recursive: true });
    }
  }

  /** What the machine wrote. Throws where it is not all there. */
  results(jobs: number): Pick<MachineResult, 'facts' | 'results'> {
    const folder = mkdtempSync(join(tmpdir(), 'lab-results-'));
    try {
      const tar = spawnSync('tar', ['-xf', '-', '-C', folder], { stdio: [this.output, 'ignore', 'pipe'] });
      if (tar.status !== 0) throw new Error(`the virtual machine left no results: ${tar.stderr}`);
      const text = (name: string) => readFileSync(join(folder, name), 'utf8');
      const facts = text('facts').matchAll(/^([a-z]+)=(.*)$/gm);
      return {
        facts: Object.fromEntries([...facts].map(([, key = '', value = '']) => [key, value])),
        results: Array.from({ length: jobs }, (_, at) => ({
          output: text(`${at}.output`),
          code: Number(text(`${at}.code`)),
          durationMs: Number(text(`${at}.ms`)),
          left: text(`${at}.left`).trim(),
        })),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  close(): void {
    closeSync(this.jobs);
    closeSync(this.output);
  }
}

/**
 * Whether a machine started; resolves when it is off again. Its system must be up within 45 s with KVM and 5 minutes without, and every
 * job has 6 minutes.
 */
function started(image: SystemImage, disks: Disks, accelerator: string, jobs: number): Promise<boolean> {
  const machine = start(image, disks, accelerator);
  const seen: string[] = [];
  let ready = false;
  let clock: NodeJS.Timeout;
  const within = (seconds: number) => {
    clearTimeout(clock);
    clock = setTimeout(() => machine.kill('SIGKILL'), seconds * 1000);
  };
  within(accelerator === 'kvm' ? 45 : 300);
  for (const stream of [machine.stdout, machine.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      seen.push(line);
      const said = /LAB-VM (.*)/.exec(line)?.[1];
      if (!said) return;
      ready = true;
      within(360);
      console.log(`in the virtual machine: ${said}${/^job/.test(said) ? ` (of ${jobs})` : ''}`);
    });
  }
  return new Promise((resolve, reject) => {
    machine.on('error', reject);
    machine.on('close', (code) => {
      clearTimeout(clock);
      if (code === 0 || !ready) resolve(ready);
      else reject(new Error(`the virtual machine ended with ${code}\n${seen.slice(-30).join('\n')}`));
    });
  });
}

function start(image: SystemImage, disks: Disks, accelerator: string): ChildProcess {
  const drive = (file: string, more = '') => ['-drive', `file=${file},format=raw,if=virtio${more}`];
  const processor = accelerator === 'kvm' ? 'host' : 'max';
  const argv = [
    ...['-M', 'q35', '-accel', accelerator, '-cpu', processor, '-smp', '2', '-m', `${memory}`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'stdio', '-no-reboot'],
    ...['-kernel', image.kernel, '-initrd', image.initialFiles],
    ...['-append', 'root=/dev/vda rw console=ttyS0 panic=1 loglevel=5 systemd.show_status=0'],
    ...['-device', 'virtio-rng-pci'],
    ...drive(image.disk, ',snapshot=on'),
    ...drive('/dev/fd/3', ',cache=unsafe'),
    ...drive('/dev/fd/4', ',cache=unsafe'),
  ];
  // The kernel ends it when this process ends, in whatever way that is.
  return spawn('setpriv', ['--pdeathsig', 'KILL', qemu, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe', disks.jobs, disks.output],
  });
}
