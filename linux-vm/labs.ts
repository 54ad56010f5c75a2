/** Which labs run on the machine in the browser, and how they are run there in Node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestUser, Machine } from '../src/runtime/linux-vm/machine.ts';
import type { Lab } from '../src/site/schemas/runnables.ts';
import { describeLab, labIds, labsFolder } from '../tools/labs.ts';
import { type Image, restore } from './restore.ts';

type BrowserRun = Extract<NonNullable<Lab['browser']>, { runs: true }>;

export interface BrowserLab {
  id: string;
  browser: BrowserRun;
}

/** The labs whose lab.yaml says that they run there. */
export function browserLabs(): BrowserLab[] {
  return labIds().flatMap((id) => {
    const { browser } = describeLab(id);
    return browser?.runs ? [{ id, browser }] : [];
  });
}

export interface GuestRun {
  output: string;
  code: number;
  durationMs: number;
  restoreMs: number;
}

/**
 * Runs a lab's script, or its solution, in a fresh machine.
 *
 * @param look what else to find out from the machine, at its end
 * @throws where it does not end by itself
 */
export async function runInGuest(
  image: Image,
  { id, browser }: BrowserLab,
  { solution = false, look }: { solution?: boolean; look?: (machine: Machine) => Promise<void> } = {},
): Promise<GuestRun> {
  const started = performance.now();
  const user: GuestUser = browser.as;
  const file = solution ? 'solution.sh' : `${id}.sh`;
  const text = readFileSync(join(labsFolder, id, solution ? 'solution.sh' : 'lab.sh'), 'utf8');
  // Tests run beside others on busy machines: there is time enough.
  const machine = await restore(image, { user, timeoutMs: 60_000, file: { name: file, text } });
  const restoreMs = Math.round(performance.now() - started);
  try {
    const { timeoutMs, maxOutputBytes } = browser;
    const { result, output } = await machine.run({ file, user, timeoutMs, maxOutputBytes }).done;
    if (result.outcome !== 'exited') throw new Error(`${file} of ${id}: ${JSON.stringify(result)}\n${output}`);
    if (result.truncated) throw new Error(`${file} of ${id} printed more than ${maxOutputBytes} bytes`);
    await look?.(machine);
    return { output, code: result.code, durationMs: result.durationMs, restoreMs };
  } finally {
    await machine.dispose();
  }
}
