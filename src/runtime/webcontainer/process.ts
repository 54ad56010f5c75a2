/** One program in a container: files in place, process started, output carried, end found out. Every wait has an end. */
import type { FailureCause, RunSpec } from '../contract.ts';
import type { RunControl } from '../run.ts';
import type { Container, ContainerProcess, Trouble } from './api.ts';
import { causeOf, diedOfBrowserMemory, messageOf } from './diagnosis.ts';
import type { Timings } from './timings.ts';
import { aborted, late, never, within } from './waiting.ts';

export type ProcessEnd =
  | { type: 'exited'; code: number; durationMs: number }
  /** The run was to end early. `clean` unless the process may still be there: then only throwing the container away ends it. */
  | { type: 'aborted'; clean: boolean }
  | { type: 'failed'; stage: 'mount' | 'spawn' | 'lost'; cause: FailureCause; message: string };

export interface ProcessTask {
  container: Container;
  spec: RunSpec;
  /** Of this run alone, relative to the working directory. */
  folder: string;
  control: RunControl;
  timings: Timings;
  /** Settles with the first trouble of the container while the program runs. */
  trouble: Promise<Trouble>;
}

type Step<T> = { value: T } | { end: ProcessEnd };

export async function runProcess(task: ProcessTask): Promise<ProcessEnd> {
  const { control } = task;
  control.phase('mounting');
  const mounted = await step(task, 'mount', putFiles(task));
  if ('end' in mounted) return mounted.end;

  control.phase('spawning');
  const starting = start(task);
  const started = await step(task, 'spawn', starting);
  if ('value' in started) {
    control.phase('running');
    return follow(task, started.value);
  }
  if (started.end.type !== 'aborted') return started.end;
  // Stopped before it began: what starts now is ended at once. What does not start in time goes with the container.
  const process = await within(
    task.timings.killGrace,
    starting.catch(() => null),
  );
  if (typeof process === 'symbol') return { type: 'aborted', clean: false };
  if (process === null) return { type: 'aborted', clean: true };
  return kill(
    task,
    process,
    process.exit.then(() => {}),
    null,
  );
}

/** Whether the container answers a question to its file system in time. A host whose process has died never does. */
export async function answers(container: Container, ms: number): Promise<boolean> {
  try {
    return typeof (await within(ms, container.fs.readdir('.'))) !== 'symbol';
  } catch {
    // A refusal is an answer.
    return true;
  }
}

async function putFiles({ container, spec, folder }: ProcessTask): Promise<void> {
  await container.fs.mkdir(folder, { recursive: true });
  const files = Object.entries(spec.files).map(([name, contents]) => [name, { file: { contents } }]);
  await container.mount(Object.fromEntries(files), { mountPoint: folder });
}

function start({ container, spec, folder }: ProcessTask): Promise<ContainerProcess> {
  const [command, ...args] = spec.argv;
  return container.spawn(command, args, { cwd: folder, env: { NO_COLOR: '1', FORCE_COLOR: '0', ...spec.env } });
}

/** A promise of the vendor's that belongs to the start of a run, bounded. */
async function step<T>(task: ProcessTask, stage: 'mount' | 'spawn', promise: Promise<T>): Promise<Step<T>> {
  const { control, timings, trouble } = task;
  promise.catch(() => {});
  try {
    const value = await within(timings.step, Promise.race([promise, trouble.then(rejectAs)]), control.signal);
    if (value === aborted) return { end: { type: 'aborted', clean: true } };
    if (value !== late) return { value };
    return { end: failed('lost', 'lost', `no answer to ${stage} within ${timings.step} ms`) };
  } catch (error) {
    const cause = error instanceof InTrouble ? error.trouble.cause : causeOf(error);
    return { end: failed(stage, cause, messageOf(error)) };
  }
}

async function follow(task: ProcessTask, process: ContainerProcess): Promise<ProcessEnd> {
  const { container, control, timings, trouble } = task;
  const startedAt = performance.now();
  const output = new OutputReader(process, (text) => control.write(text));
  const over = new AbortController();
  const exit = process.exit.then(
    (code): ProcessEnd => ({ type: 'exited', code, durationMs: performance.now() - startedAt }),
    (error): ProcessEnd => failed('lost', causeOf(error) === 'unknown' ? 'lost' : causeOf(error), messageOf(error)),
  );
  const death = silentDeath(container, output, timings, over.signal);
  const inTrouble = trouble.then(({ cause, message }) => failed('lost', cause, message));
  try {
    const end = await within(null, Promise.race([exit, death, inTrouble]), control.signal);
    if (typeof end === 'symbol') return await kill(task, process, exit, output);
    if (end.type === 'exited') {
      await output.drain(timings);
      if (diedOfBrowserMemory(output.tail, end.code))
        return failed('spawn', 'out-of-memory', `exit code ${end.code}: ${output.tail.trim()}`);
    }
    return end;
  } finally {
    over.abort();
    output.cancel();
  }
}

async function kill(
  { container, control, timings }: ProcessTask,
  process: ContainerProcess,
  exit: Promise<unknown>,
  output: OutputReader | null,
): Promise<ProcessEnd> {
  process.kill();
  if ((await within(timings.killGrace, exit)) !== late) {
    await output?.drain(timings);
    return { type: 'aborted', clean: true };
  }
  if ((await answers(container, timings.ping)) || control.stopReason !== 'timeout')
    return { type: 'aborted', clean: false };
  return failed('lost', 'lost', 'the program ran into its time limit and the container does not answer any more');
}

/**
 * Settles when the container has died in silence. Two questions in a row have to stay without an answer: after a pause of the whole
 * computer, the clock of the first one may run out before its answer is read.
 */
async function silentDeath(
  container: Container,
  output: OutputReader,
  timings: Timings,
  over: AbortSignal,
): Promise<ProcessEnd> {
  for (let unanswered = 0; unanswered < 2; ) {
    if (unanswered === 0) await within(timings.silence, never, over);
    if (over.aborted) break;
    const silentFor = performance.now() - output.lastAt;
    unanswered = silentFor < timings.silence || (await answers(container, timings.ping)) ? 0 : unanswered + 1;
  }
  return failed('lost', 'lost', 'the container does not answer any more');
}

/** Reads the merged output. The stream may never close, and may bring more after the exit. */
class OutputReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #closed: Promise<void>;
  #lastAt = performance.now();
  #tail = '';

  constructor(process: ContainerProcess, onText: (text: string) => void) {
    this.#reader = process.output.getReader();
    this.#closed = this.#read(onText);
  }

  /** When something arrived last, on the clock of `performance.now()`. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** The end of the output, for a look at its last words. */
  get tail(): string {
    return this.#tail;
  }

  /** Waits for output that is still on its way: until the stream closes, or was quiet long enough. */
  async drain({ drainQuiet, drainMax }: Timings): Promise<void> {
    const start = performance.now();
    for (;;) {
      const quietSince = Math.max(this.#lastAt, start);
      const now = performance.now();
      const left = Math.min(quietSince + drainQuiet, start + drainMax) - now;
      if (left <= 0 || (await within(left, this.#closed)) !== late) return;
    }
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }

  async #read(onText: (text: string) => void): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) return;
        this.#lastAt = performance.now();
        this.#tail = (this.#tail + value).slice(-2_000);
        onText(value);
      }
    } catch {
      // The frame has gone, and the stream with it: the end of the process is found out elsewhere.
    }
  }
}

class InTrouble extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

function rejectAs(trouble: Trouble): never {
  throw new InTrouble(trouble);
}

function failed(stage: 'mount' | 'spawn' | 'lost', cause: FailureCause, message: string): ProcessEnd {
  return { type: 'failed', stage, cause, message };
}
