/**
 * The processes that a program has started, on Linux: how much memory they hold, and their end. A process group ends with one signal, but
 * a child that was started detached leaves the group, and when its parent has gone nothing in its ancestry tells where it came from. A
 * resource limit tells it: every process inherits it, and no environment or folder that a child is given takes it away. So each run gets a
 * value of its own for a limit that concerns nobody (RLIMIT_RTTIME, for real-time scheduling). On other systems there is only the group.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

interface ProcessStat {
  pid: number;
  state: string;
  parent: number;
  group: number;
  session: number;
  /** Clock ticks since boot: with the pid, it names a process for ever. */
  started: number;
  residentPages: number;
}

// The name of a process may hold spaces and brackets: the fields start after the last bracket. See proc_pid_stat(5).
function parseStat(pid: number, text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (at: number) => Number(fields[at - 3]);
  return {
    pid,
    state: fields[0] ?? '',
    parent: number(4),
    group: number(5),
    session: number(6),
    started: number(22),
    residentPages: number(24),
  };
}

async function allProcesses(): Promise<ProcessStat[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
      return text === null ? null : parseStat(Number(name), text);
    }),
  );
  return stats.filter((stat) => stat !== null);
}

/** A value of RLIMIT_RTTIME, in microseconds, that no other run has: some years, so it never takes effect. */
export function runMark(): number {
  return 2 ** 47 + Number(randomBytes(6).readUIntBE(0, 6) % 2 ** 46);
}

async function hasMark(pid: number, mark: number): Promise<boolean> {
  const limits = await readFile(`/proc/${pid}/limits`, 'utf8').catch(() => '');
  return Number(/^Max realtime timeout\s+(\d+)/m.exec(limits)?.[1]) === mark;
}

// x86-64 and most others; where pages are larger the bound is reached later, never earlier.
const pageBytes = 4096;

/** Sends a signal to a whole process group; false when it has gone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
    return true;
  } catch {
    return false;
  }
}

export class ProcessTree {
  readonly #leader: number;
  readonly #mark: number | null;
  /** Pid to start time of every process seen so far. */
  readonly #seen = new Map<number, number>();

  /**
   * @param leader pid of a process that leads its own session (`detached: true`)
   * @param mark its `runMark()`; null where it could not be given one
   */
  constructor(leader: number, mark: number | null) {
    this.#leader = leader;
    this.#mark = mark;
  }

  /** How many processes there are and what they hold in memory, in bytes. Shared pages count once for each process. */
  async measure(): Promise<{ processes: number; residentBytes: number }> {
    if (process.platform !== 'linux') return { processes: 1, residentBytes: 0 };
    const members = await this.#members();
    return {
      processes: members.length,
      residentBytes: members.reduce((sum, one) => sum + one.residentPages, 0) * pageBytes,
    };
  }

  /** The same for the leader alone, which is enough, and cheap, where it cannot start others. */
  async measureLeader(): Promise<{ processes: number; residentBytes: number }> {
    if (process.platform !== 'linux') return { processes: 1, residentBytes: 0 };
    try {
      const [, resident = '0'] = (await readFile(`/proc/${this.#leader}/statm`, 'utf8')).split(' ');
      return { processes: 1, residentBytes: Number(resident) * pageBytes };
    } catch {
      return { processes: 0, residentBytes: 0 };
    }
  }

  /** Kills all that is left, until nothing is left. */
  async killAll(): Promise<void> {
    signalGroup(this.#leader, 'SIGKILL');
    if (process.platform !== 'linux') return;
    for (let round = 0; round < 100; round++) {
      // A zombie has ended; only its parent has not looked yet.
      const left = (await this.#members()).filter(({ state }) => state !== 'Z' && state !== 'X');
      if (left.length === 0) return;
      for (const { pid } of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended between the look and the signal.
        }
      }
      await pause(10);
    }
  }

  async #members(): Promise<ProcessStat[]> {
    const all = await allProcesses();
    const since = this.#seen.get(this.#leader) ?? all.find(({ pid }) => pid === this.#leader)?.started ?? 0;
    const members = new Map<number, ProcessStat>();
    for (const one of all) {
      const known = this.#seen.get(one.pid) === one.started;
      if (known || one.group === this.#leader || one.session === this.#leader) members.set(one.pid, one);
    }
    for (let grew = true; grew; ) {
      grew = false;
      for (const one of all) {
        if (members.has(one.pid) || !members.has(one.parent)) continue;
        members.set(one.pid, one);
        grew = true;
      }
    }
    await Promise.all(
      all.map(async (one) => {
        if (this.#mark === null || members.has(one.pid) || one.started < since) return;
        if (await hasMark(one.pid, this.#mark)) members.set(one.pid, one);
      }),
    );
    for (const one of members.values()) this.#seen.set(one.pid, one.started);
    return [...members.values()];
  }
}
