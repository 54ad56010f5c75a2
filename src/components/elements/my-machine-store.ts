/** The reader's machine, kept in the browser and never sent: what the probe printed, for every page of the site. */
import type { Facts } from '../../checker/probe-compare.ts';

export const machineKey = 'my-machine';
/** Where data goes that cannot be read: a newer version of the site, or a mistake. The reader is told. */
export const asideKey = 'my-machine.unreadable';

export interface StoredMachine {
  /** Day on which it was kept (ISO date). */
  saved: string;
  facts: Facts;
}

export interface MachineState {
  machine: StoredMachine | undefined;
  /** For how long: in the browser, until the tab is closed, or until the page is left. */
  kept: 'browser' | 'tab' | 'page';
  /** Data that could not be read was put aside just now. */
  movedAside: boolean;
}

const stores = [
  ['browser', () => localStorage],
  ['tab', () => sessionStorage],
] as const;

let ofThisPage: StoredMachine | undefined;
const listeners = new Set<() => void>();

/** What is kept. Storage that is denied counts as empty. */
export function loadMachine(): MachineState {
  let movedAside = false;
  for (const [kept, open] of stores) {
    try {
      const store = open();
      const text = store.getItem(machineKey);
      if (text === null) continue;
      const machine = readStored(text);
      if (machine) return { machine, kept, movedAside };
      store.setItem(asideKey, text);
      store.removeItem(machineKey);
      movedAside = true;
    } catch {
      // Denied, or full: the next one may work.
    }
  }
  return { machine: ofThisPage, kept: 'page', movedAside };
}

/** Keeps a machine for as long as this browser allows. */
export function saveMachine(facts: Facts, today = new Date()): MachineState {
  const machine: StoredMachine = { saved: today.toISOString().slice(0, 10), facts };
  const text = JSON.stringify({ version: 1, ...machine });
  forget(machineKey);
  for (const [kept, open] of stores) {
    try {
      open().setItem(machineKey, text);
      tell();
      return { machine, kept, movedAside: false };
    } catch {
      // Denied, or full.
    }
  }
  ofThisPage = machine;
  tell();
  return { machine, kept: 'page', movedAside: false };
}

/** Takes everything away, also what was put aside. */
export function forgetMachine(): void {
  forget(machineKey, asideKey);
  tell();
}

function forget(...keys: string[]): void {
  ofThisPage = undefined;
  for (const [, open] of stores)
    try {
      for (const key of keys) open().removeItem(key);
    } catch {
      // Denied: then nothing is there.
    }
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Calls back when the machine changed, in this tab or in another one. Gives what ends that. */
export function onMachineChange(listener: () => void): () => void {
  const stored = ({ key }: StorageEvent) => {
    // Without a key, everything was cleared.
    if (key === machineKey || key === null) listener();
  };
  listeners.add(listener);
  addEventListener('storage', stored);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', stored);
  };
}

/** Nothing where the text is none of ours: whatever else may write into the storage of this site, no page breaks by it. */
export function readStored(text: string): StoredMachine | undefined {
  try {
    const { version, saved, facts } = JSON.parse(text);
    if (version !== 1 || !/^\d{4}-\d\d-\d\d$/.test(saved) || typeof facts !== 'object' || Array.isArray(facts))
      return undefined;
    const entries = Object.entries(facts as Record<string, unknown>);
    const sound = entries.every(
      ([name, value]) => /^[a-z][a-z0-9_]{0,60}$/.test(name) && typeof value === 'string' && value.length <= 4097,
    );
    if (!sound || entries.length === 0 || entries.length > 500) return undefined;
    // Without a prototype, as the parser gives them.
    return { saved, facts: Object.assign(Object.create(null), facts) };
  } catch {
    return undefined;
  }
}
