/** The worker that has the machine: downloads, verifies and restores it, and runs one lab in it. One machine each; the page ends it. */
import type { EmulatorClass } from './emulator.ts';
import { GuestSilent } from './guest.ts';
import { DamagedFile } from './image.ts';
import { BrokenOff, ImageStore, NotServed } from './image-store.ts';
import type { LabProcess } from './lab-process.ts';
import { type Machine, restoreMachine } from './machine.ts';
import type { FromWorker, StartOrder, ToWorker, VmFailure } from './messages.ts';
import { OwnTimer } from './own-timer.ts';

/** A slow phone may take so long to answer; a machine that takes longer is of no use. */
const answerMs = 45_000;
/** What the terminal shows is sent so often: a screen shows no more. */
const batchMs = 16;

let machine: Machine | undefined;
let process: LabProcess | undefined;
let paused = false;
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

async function library(address: string): Promise<EmulatorClass> {
  Object.defineProperty(globalThis, 'Worker', { value: OwnTimer, configurable: true });
  try {
    const module = (await import(/* @vite-ignore */ address)) as { V86: EmulatorClass };
    return module.V86;
  } catch (error) {
    // An import does not say why it failed.
    const response = await fetch(address).catch(() => undefined);
    const message = `${address}: ${error instanceof Error ? error.message : error}`;
    throw response && !response.ok ? new NotServed(message) : new BrokenOff(message);
  }
}

/** A machine at its prompt. What it was restored from is free again afterwards. */
async function boot({ folder, manifest, lab, columns, rows }: StartOrder): Promise<Machine> {
  let last = 0;
  const store = new ImageStore(folder, manifest, (bytes, total) => {
    const now = performance.now();
    if (bytes < total && bytes > 0 && now - last < 50) return;
    last = now;
    post({ type: 'downloading', bytes, total });
    if (bytes === total) post({ type: 'verifying' });
  });
  // An empty module. Where a policy forbids WebAssembly, the decoder would fail too, and it would look like a damaged file.
  await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await store.open([manifest.state]);
  const [V86, wasm, state] = await Promise.all([
    library(folder + manifest.library.file),
    store.plain(manifest.wasm).then((bytes) => WebAssembly.compile(bytes)),
    store.unpacked(manifest.state),
  ]);
  void store.tidy();

  post({ type: 'restoring' });
  const seen = { columns, rows, onTerminal, onFlood: () => post({ type: 'flood' }) };
  const common = { V86, machine: manifest.machine, wasm, state, user: lab.user, timeoutMs: answerMs };
  return restoreMachine({ ...common, ...seen });
}

async function start(order: StartOrder): Promise<void> {
  const { lab } = order;
  machine = await boot(order);
  // The page says that the file is there.
  if (!order.run) await machine.putFile(lab.file, lab.script, lab.user);
  post({ type: 'prompt' });
  if (paused) await machine.pause();
  if (!order.run) return;
  const { file, script, user, timeoutMs, maxOutputBytes } = lab;
  const onOutput = (text: string) => post({ type: 'output', text });
  process = machine.run({ file, script, user, timeoutMs, maxOutputBytes, onOutput });
  post({ type: 'running' });
  const { result, lost } = await process.done;
  flush();
  post({ type: 'ended', result, lost });
}

globalThis.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  if (message.type === 'start') start(message.order).catch(fail);
  else if (message.type === 'keys') machine?.type(message.keys);
  else if (message.type === 'stop') process?.stop();
  // A guest that has no memory or process left may not answer: the terminal keeps the size that it had.
  else if (message.type === 'resize') machine?.resize(message.columns, message.rows).catch(() => {});
  else {
    paused = message.type === 'pause';
    void (paused ? machine?.pause() : machine?.resume());
  }
};

// v86 starts in a promise of its own, so that too little memory is known only here.
globalThis.addEventListener('unhandledrejection', ({ reason }) => {
  if (!machine) fail(reason);
});
setInterval(() => post({ type: 'alive' }), 1000);
