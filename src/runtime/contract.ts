/**
 * What every runtime promises. A runtime runs a program and reports what happened; it knows nothing about pages or languages.
 *
 * Rules that make the backends equal:
 * - `done` always settles, whatever the backend does (a deadline and a liveness check stand behind every wait).
 * - stdout and stderr are merged in the order in which they arrived; LF only, no ANSI, whole lines.
 * - an exit by signal n is reported as code 128 + n, as a shell does.
 * - one run at a time: starting a run supersedes the one before.
 * - output beyond `maxOutputBytes` is dropped and `truncated` says so.
 */

export type RuntimeKind = 'recorded' | 'local-node' | 'webcontainer';

/** Why a runtime cannot be used here and now. Each reason has its own sentence under `runtime.unavailable.<reason>`. */
export type UnavailableReason =
  | 'insecure-context'
  | 'not-isolated'
  | 'unsupported-browser'
  | 'ios'
  | 'low-memory-device'
  | 'offline'
  | 'no-endpoint'
  | 'no-recording'
  | 'needs-linux-limits'
  | 'not-for-this-snippet'
  | 'other-tab';

export type Availability = { ok: true } | { ok: false; reason: UnavailableReason };

export interface RuntimeInfo {
  kind: RuntimeKind;
  /** False for a replay. */
  real: boolean;
  engine: 'v8' | 'spidermonkey' | 'javascriptcore' | 'unknown';
  /** Such as "v24.21.0"; null where it is not known yet. */
  nodeVersion: string | null;
  /** ISO date, recorded runs only. */
  recordedAt?: string;
  /** Such as "Debian GNU/Linux 12 (bookworm), Linux 6.18.44 x86_64". */
  host?: string;
}

/** Limits that the operating system sets on the child before it starts. Only a backend on Linux can honour them. */
export interface ProcessLimits {
  /** Soft and hard RLIMIT_NOFILE. */
  nofile?: number | undefined;
}

export type Permission = 'network' | 'child-process' | 'worker';

export interface RunSpec {
  /** Id of the snippet. */
  id: string;
  /** File name (no folders) to text. */
  files: Readonly<Record<string, string>>;
  /** The command as the page shows it; the first word is always "node". */
  argv: readonly [string, ...string[]];
  env?: Readonly<Record<string, string>>;
  limits?: ProcessLimits;
  permissions?: readonly Permission[];
  timeoutMs: number;
  maxOutputBytes: number;
}

export type Phase = 'loading-runtime' | 'booting' | 'boot-slow' | 'mounting' | 'spawning' | 'running';

export type RunEvent =
  | { type: 'phase'; phase: Phase }
  | { type: 'output'; text: string }
  | { type: 'end'; result: RunResult };

/** Why a run failed. Each cause has its own sentence under `runtime.failed.<cause>`. */
export type FailureCause =
  | 'offline-or-blocked'
  | 'not-isolated'
  | 'content-policy'
  | 'third-party-storage'
  | 'unsupported-browser'
  | 'out-of-memory'
  | 'site-not-enabled'
  | 'lost'
  | 'server-gone'
  | 'refused'
  /** The local server killed the program: it took too much memory or too many processes. */
  | 'resource-bound'
  | 'busy'
  | 'no-recording'
  | 'unknown';

export type RunResult =
  | { outcome: 'exited'; code: number; durationMs: number; truncated: boolean }
  | { outcome: 'stopped'; by: 'user' | 'timeout' | 'superseded'; durationMs: number; truncated: boolean }
  | {
      outcome: 'failed';
      stage: 'boot' | 'mount' | 'spawn' | 'lost';
      cause: FailureCause;
      /** For the console and for bug reports, in English; the page shows the sentence of `cause`. */
      message: string;
      retry: 'same-page' | 'reload' | 'never';
    };

export interface Run extends AsyncIterable<RunEvent> {
  readonly id: string;
  /** Ends the run with outcome `stopped`, by `user`. Safe to call at any time, any number of times. */
  stop(): void;
  /** Never rejects, always settles. */
  readonly done: Promise<RunResult>;
}

export interface PrepareOptions {
  signal?: AbortSignal;
  onPhase?: (phase: Phase) => void;
}

export interface SnippetRuntime {
  readonly kind: RuntimeKind;
  /** Cheap: no boot, and no request to another host. */
  availability(spec?: Pick<RunSpec, 'id' | 'limits'>): Promise<Availability>;
  /** Lazy, idempotent, bounded by a deadline. Rejects with a `RuntimeFailure`. */
  prepare(options?: PrepareOptions): Promise<RuntimeInfo>;
  run(spec: RunSpec): Run;
  /** Whether a prepared runtime still answers. */
  ping(timeoutMs?: number): Promise<boolean>;
  /** Forgets the runtime; the next `prepare()` starts clean. */
  reset(): Promise<void>;
  dispose(): void;
}

/** What `prepare()` rejects with. */
export class RuntimeFailure extends Error {
  override readonly name = 'RuntimeFailure';
  readonly failure: Extract<RunResult, { outcome: 'failed' }>;
  constructor(failure: Extract<RunResult, { outcome: 'failed' }>) {
    super(failure.message);
    this.failure = failure;
  }
}
