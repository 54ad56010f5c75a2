/** What readers write into sheets, kept in the browser and never sent. Several tabs and both languages share it, each sheet by itself. */
import type { Values } from '../sheet/shape.ts';

export interface StoredSheet {
  values: Values;
  /** What another tab had in a field that was changed in two tabs at once; the reader decides. */
  other: Values;
}

/** With the version of what is stored: a later one gets a key of its own, and no old page can spoil it. */
export const sheetKey = (id: string) => `sheet.v1.${id}`;
/** Where text goes that cannot be read. */
export const asideKey = (id: string) => `${sheetKey(id)}.unreadable`;

const none: StoredSheet = { values: {}, other: {} };
const isName = /^[a-z][a-z0-9-]*(?:\.\d+\.[a-z][a-z0-9-]*)?$/;

function readValues(value: unknown, renamed: Values): Values | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const read: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (!isName.test(name) || typeof text !== 'string') return undefined;
    const [field = '', ...cell] = name.split('.');
    const now = Object.hasOwn(renamed, field) ? renamed[field] : undefined;
    const target = [now ?? field, ...cell].join('.');
    // What was written under the new name is younger.
    if (now === undefined || !Object.hasOwn(read, target)) read[target] = text;
  }
  return read;
}

/** Nothing where the text is none of ours. `renamed` gives fields their present ids. */
export function readSheet(text: string, renamed: Values = {}): StoredSheet | undefined {
  try {
    const { values, other } = JSON.parse(text);
    const [read, readOther] = [readValues(values, renamed), readValues(other, renamed)];
    return read && readOther && { values: read, other: readOther };
  } catch {
    return undefined;
  }
}

export interface LoadedSheet extends StoredSheet {
  /** `blocked`: the browser lets us read nothing. `aside`: what was there could not be read, and was moved. */
  problem?: 'blocked' | 'aside';
}

export function loadSheet(id: string, renamed: Values = {}): LoadedSheet {
  try {
    const text = localStorage.getItem(sheetKey(id));
    if (text === null) return none;
    const sheet = readSheet(text, renamed);
    if (sheet) return sheet;
    localStorage.setItem(asideKey(id), text);
    localStorage.removeItem(sheetKey(id));
    return { ...none, problem: 'aside' };
  } catch {
    // Denied, or so full that the unreadable text could not be moved: it stays where it is.
    return { ...none, problem: 'blocked' };
  }
}

/** Whether it could be kept. An empty sheet leaves nothing behind. */
export function saveSheet(id: string, { values, other }: StoredSheet): boolean {
  const filled = (all: Values) => Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
  const sheet = { values: filled(values), other: filled(other) };
  const empty = Object.keys({ ...sheet.values, ...sheet.other }).length === 0;
  try {
    if (empty) localStorage.removeItem(sheetKey(id));
    else localStorage.setItem(sheetKey(id), JSON.stringify(sheet));
    return true;
  } catch {
    return false;
  }
}

export interface Merged extends StoredSheet {
  /** Fields that get what another tab wrote. */
  taken: string[];
  /** Fields that were changed here and there. */
  conflicts: string[];
}

/**
 * What this tab and the store have together. `before` is what this tab last read or saved; `mine` is in its form; the reader is in the
 * field `held`. Changed on one side only: that side. On both: the form keeps what is in it, and the other text is put beside it.
 */
export function merge(before: Values, mine: Values, stored: StoredSheet, held?: string): Merged {
  const merged = { values: { ...stored.values, ...mine }, other: { ...stored.other } };
  const taken: string[] = [];
  const conflicts: string[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(mine), ...Object.keys(stored.values)])) {
    const [old, here, there] = [before, mine, stored.values].map((all) => all[name] ?? '');
    if (here === there || there === old || there === undefined) continue;
    if (here === old && name !== held) {
      merged.values[name] = there;
      taken.push(name);
      continue;
    }
    conflicts.push(name);
    merged.other[name] = together(merged.other[name] ?? '', there, here ?? '');
  }
  for (const [name, text] of Object.entries(merged.other)) if (text === merged.values[name]) delete merged.other[name];
  return { ...merged, taken, conflicts };
}

/** Two texts beside a third one, without what is in another already: a text that grew replaces what it grew from. */
function together(kept: string, come: string, shown: string): string {
  if (kept === '' || come.includes(kept) || shown.includes(kept)) return come;
  return kept.includes(come) ? kept : `${kept}\n\n${come}`;
}
