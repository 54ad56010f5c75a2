/** Facts about this machine for the header of a recording. No host name and no path: a reader needs what decides the output, not whose machine it was. */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');
const GiB = 1024 ** 3;

/** Such as "Debian GNU/Linux 12 (bookworm)". */
export function osName(): string {
  return /^PRETTY_NAME="?(.+?)"?$/m.exec(read('/etc/os-release'))?.[1] ?? os.type();
}

/** The memory limit of this process's control group: "none", or in MiB; "v1" or "v2" says which hierarchy answered. */
export function cgroupMemory(): string {
  const group = read('/proc/self/cgroup');
  const v2 = /^0::(.*)$/m.exec(group)?.[1];
  const v1 = /^\d+:[^:]*\bmemory\b[^:]*:(.*)$/m.exec(group)?.[1];
  const candidates: [string, string][] = [
    ...(v1 === undefined
      ? []
      : ([['v1', join('/sys/fs/cgroup/memory', v1, 'memory.limit_in_bytes')]] as [string, string][])),
    ...(v2 === undefined ? [] : ([['v2', join('/sys/fs/cgroup', v2, 'memory.max')]] as [string, string][])),
  ];
  for (const [version, path] of candidates) {
    const value = read(path);
    if (!value) continue;
    // v1 has no word for "no limit": it shows the largest multiple of the page size.
    if (value === 'max' || Number(value) > os.totalmem() * 1024) return `no memory limit (cgroup ${version})`;
    return `memory limit ${Math.round(Number(value) / 1024 ** 2)} MiB (cgroup ${version})`;
  }
  return 'no memory controller';
}

/** The lines of a recording's header that do not depend on the program. */
export function machineHeader(): Record<string, string> {
  return {
    recorded: new Date().toISOString().slice(0, 10),
    os: osName(),
    kernel: `${os.type()} ${os.release()} ${os.machine()}`,
    memory: `${Math.round(os.totalmem() / GiB)} GiB`,
    cgroup: cgroupMemory(),
    cpus: `${os.availableParallelism()}`,
  };
}
