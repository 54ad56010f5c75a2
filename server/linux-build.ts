/**
 * `npm start` makes the Linux image in the background, in a process group of its own: it ends with the server, and leaves nothing half made.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { type BuiltManifest, inputsHash, lockFile, readManifest, unfinished } from '../linux-vm/image-folder.ts';
import { lockHolder } from '../linux-vm/lock.ts';
import { whyNotHere } from '../linux-vm/packages.ts';
import { protectionWords } from './node-binary.ts';
import { signalGroup } from './process-tree.ts';

/** Debian 12 is the last release with a 32-bit kernel. Derivatives name it, too. */
const codename = /^(?:VERSION|DEBIAN)_CODENAME="?bookworm"?$/m;

/** What can be done about the image on this machine. */
export type ImageSituation =
  /** The one of this recipe is there. */
  | { kind: 'there' }
  /** Another process is making it. */
  | { kind: 'under-way' }
  | { kind: 'can-build' }
  /** The system is Debian 12, and lacks a program; `reason` names it. */
  | { kind: 'lacks-program'; reason: string }
  /** Another system: it takes a container. */
  | { kind: 'other-system' };

/** @param osRelease content of /etc/os-release, empty where there is none */
export function imageSituation(osRelease = readOsRelease()): ImageSituation {
  if (readManifest()?.inputs === inputsHash()) return { kind: 'there' };
  if (lockHolder() !== undefined) return { kind: 'under-way' };
  if (!codename.test(osRelease)) return { kind: 'other-system' };
  const reason = whyNotHere();
  return reason === undefined ? { kind: 'can-build' } : { kind: 'lacks-program', reason };
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

export type BuildOutcome =
  | { ended: 'built'; manifest: BuiltManifest; seconds: number }
  /** `message` is what the build said, in English. */
  | { ended: 'failed'; message: string }
  | { ended: 'stopped' };

export interface BackgroundBuild {
  /** Never rejects. */
  done: Promise<BuildOutcome>;
  /** Ends the build with everything that it started, and removes what it left. Resolves when that is done. */
  stop(): Promise<void>;
}

/** From the request to end (SIGTERM) to the end (SIGKILL). */
const graceMs = 1_000;

/** Starts `linux-vm/build.ts`. Its output is kept for the case that it fails. */
export function buildInBackground(): BackgroundBuild {
  const started = performance.now();
  let stopped = false;
  const script = join(import.meta.dirname, '../linux-vm/build.ts');
  const [program = '', ...words] = [...protectionWords(), process.execPath, script, '--quiet'];
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    said = (said + piece).slice(-4_000);
  });
  const { pid } = child;
  // The reader's own work goes first. What it starts inherits it.
  if (pid !== undefined) setPriority(pid, 10);
  const closed = new Promise<string | number | null>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code) => resolve(code));
  });

  async function finish(): Promise<BuildOutcome> {
    const code = await closed;
    if (code === 0 && !stopped) {
      const manifest = readManifest();
      if (manifest) return { ended: 'built', manifest, seconds: Math.round((performance.now() - started) / 1000) };
    }
    await removeUnfinished(pid);
    if (stopped) return { ended: 'stopped' };
    return { ended: 'failed', message: typeof code === 'string' ? code : said.trim() || `exit code ${code}` };
  }

  const done = finish();
  return {
    done,
    async stop() {
      stopped = true;
      if (pid !== undefined && child.exitCode === null && child.signalCode === null) {
        signalGroup(pid, 'SIGTERM');
        const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
        await once(child, 'close');
        clearTimeout(kill);
        // apt's own helpers may be slower than their parent.
        signalGroup(pid, 'SIGKILL');
      }
      await done;
    },
  };
}

/** Only what this build left: another one may be at it. */
async function removeUnfinished(pid: number | undefined): Promise<void> {
  try {
    if (Number(readFileSync(lockFile, 'utf8')) !== pid) return;
  } catch {
    // A build that failed by itself has given the lock back, and nobody holds it.
    if (lockHolder() !== undefined) return;
  }
  for (const folder of [unfinished.work, unfinished.next])
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  await rm(lockFile, { force: true });
}
