/** The worker that has the machine: downloads, verifies and restores it, and runs one lab in it. One machine each; the page ends it. */
import { BrokenOff, NotServed } from './download.ts';
import type { EmulatorClass } from './emulator.ts';
import { GuestSilent } from './guest.ts';
import { DamagedFile } from './image.ts';
import { ImageStore } from './image-store.ts';
import { type Machine, restoreMachine } from './machine.ts';
import type { FromWorker, StartOrder, Step, ToWorker, VmFailure } from './messages.ts';
import { OwnTimer } from './own-timer.ts';

/** A slow phone may take so long to answer; a machine that takes longer is of no use. */
const answerMs = 45_000;
/** What the terminal shows is sent so often: a screen shows no more. */
const batchMs = 16;

let machine: Machine | undefined;
let paused = false;
/** The machine has come so far that it may stand still. */
let settled = false;
let onResume = () => {};
/** Of the terminal, where the page has said so. */
let size: { columns: number; rows: number } | undefined;
let waiting: Uint8Array[] = [];

const post = (message: FromWorker, transfer: Transferable[] = []) => globalThis.postMessage(message, { transfer });

function fail(error: unknown): void {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;
  post({ type: 'failed', cause: causeOf(error), message });
}

function causeOf(error: unknown): VmFailure {
  if (error instanceof BrokenOff) return 'broken-off';
  if (error instanceof NotServed) return 'no-image';
  if (error instanceof DamagedFile) return 'damaged';
  if (error instanceof GuestSilent) return 'guest-silent';
  // What engines say where WebAssembly.Memory or a large array cannot be had.
  if (error instanceof RangeError || (error instanceof Error && /out of memory|allocat/i.test(error.message)))
    return 'too-little-memory';
  if (error instanceof EvalError || error instanceof WebAssembly.CompileError) return 'no-webassembly';
  return 'unknown';
}

function flush(): void {
  const bytes = new Uint8Array(waiting.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of waiting) {
    bytes.set(part, at);
    at += part.length;
  }
  waiting = [];
  if (bytes.length > 0) post({ type: 'terminal', bytes }, [bytes.buffer]);
}

function onTerminal(bytes: Uint8Array): void {
  if (waiting.length === 0) setTimeout(flush, batchMs);
  waiting.push(bytes);
}

/** @param bytes of the library, verified; what the browser fetched for that is what it has in its own cache for the import */
async function library(address: string, bytes: Promise<Uint8Array<ArrayBuffer>>): Promise<EmulatorClass> {
  Object.defineProperty(globalThis, 'Worker', { value: OwnTimer, configurable: true });
  const verified = await bytes;
  try {
    return await imported(address);
  } catch {
    // Neither the site nor the browser has it any more, but our cache. Where a policy forbids `blob:`, that is an end.
    const copy = URL.createObjectURL(new Blob([verified], { type: 'text/javascript' }));
    return await imported(copy).finally(() => URL.revokeObjectURL(copy));
  }
}

async function imported(address: string): Promise<EmulatorClass> {
  return ((await import(/* @vite-ignore */ address)) as { V86: EmulatorClass }).V86;
}

function onStep(step: Step, from: number, to: number): void {
  const { timeOrigin } = performance;
  post({ type: 'step', step, from: timeOrigin + from, to: timeOrigin + to });
}

/** Runs something and tells the page how long it took. */
async function timed<T>(step: Step, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work();
  onStep(step, from, performance.now());
  return result;
}

/** Tells of each twentieth of a second, and of the end. */
function progress(): (bytes: number, total: number) => void {
  let last = 0;
  return (bytes, total) => {
    const now = performance.now();
    if (bytes < total && bytes > 0 && now - last < 50) return;
    last = now;
    post({ type: 'downloading', bytes, total });
    if (bytes === total) post({ type: 'verifying' });
  };
}

/** A machine at its prompt. What it was restored from is its own. */
async function boot({ folder, manifest, lab, columns, rows }: StartOrder): Promise<Machine> {
  const store = new ImageStore(folder, manifest, { onProgress: progress(), onStep });
  // An empty module. Where a policy forbids WebAssembly, the decoder would fail too, and it would look like a damaged file.
  await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await store.open([manifest.state]);
  const [V86, wasm, state] = await Promise.all([
    library(folder + manifest.library.file, store.plain(manifest.library, 'reload')),
    store.plain(manifest.wasm).then((bytes) => WebAssembly.compile(bytes)),
    store.unpacked(manifest.state),
  ]);
  void store.tidy();

  post({ type: 'restoring' });
  const seen = { columns, rows, ...size, onTerminal, onFlood: () => post({ type: 'flood' }) };
  const common = { V86, machine: manifest.machine, wasm, state, once: true, user: lab.user, timeoutMs: answerMs };
  const file = { name: lab.file, text: lab.script };
  return timed('restore', () => restoreMachine({ ...common, ...seen, file }));
}

async function start(order: StartOrder): Promise<void> {
  const { lab } = order;
  const before = size;
  machine = await boot(order);
  if (size !== before) resize();
  await timed('settle', () => machine?.settled() ?? Promise.resolve());
  settled = true;
  post({ type: 'prompt' });
  await followTab();
  if (!order.run) return;
  // In a hidden tab, the lab begins when it is looked at.
  if (paused)
    await new Promise<void>((resolve) => {
      onResume = resolve;
    });
  const { file, user, timeoutMs, maxOutputBytes } = lab;
  const onOutput = (text: string) => post({ type: 'output', text });
  const process = machine.run({ file, user, timeoutMs, maxOutputBytes, onOutput });
  post({ type: 'running' });
  const { result, lost } = await process.done;
  flush();
  post({ type: 'ended', result, lost });
}

/** Stands still where the tab is hidden, and goes on where it is not. */
async function followTab(): Promise<void> {
  if (settled) await (paused ? machine?.pause() : machine?.resume());
  if (!paused) onResume();
}

function resize(): void {
  // A guest that has no memory or process left may not answer: the terminal keeps the size that it had.
  if (size) machine?.resize(size.columns, size.rows).catch(() => {});
}

globalThis.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  if (message.type === 'start') start(message.order).catch(fail);
  else if (message.type === 'keys') machine?.type(message.keys);
  else if (message.type === 'resize') {
    size = { columns: message.columns, rows: message.rows };
    resize();
  } else {
    paused = message.type === 'pause';
    void followTab();
  }
};

// v86 starts in a promise of its own, so that too little memory is known only here.
globalThis.addEventListener('unhandledrejection', ({ reason }) => {
  if (!machine) fail(reason);
});
setInterval(() => post({ type: 'alive' }), 1000);
