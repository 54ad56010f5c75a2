/** What is kept of the reader's machine, where storage works, is denied, is full, and holds what nobody wrote. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Store from '../../../src/components/elements/my-machine-store.ts';

class MemoryStorage {
  readonly items = new Map<string, string>();
  denied: 'no' | 'writing' = 'no';
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.denied === 'writing') throw new DOMException('full', 'QuotaExceededError');
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

const facts = { os: 'Linux', distribution: 'debian-12' };
const day = new Date('2026-11-22T10:00:00Z');
let local: MemoryStorage;
let session: MemoryStorage;
let store: typeof Store;

function deny(name: 'localStorage' | 'sessionStorage'): void {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => {
      throw new DOMException('denied', 'SecurityError');
    },
  });
}

const events = new EventTarget();

beforeEach(async () => {
  local = new MemoryStorage();
  session = new MemoryStorage();
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: local });
  Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, value: session });
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
  vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events));
  vi.resetModules();
  store = await import('../../../src/components/elements/my-machine-store.ts');
});

afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(globalThis, 'localStorage');
  Reflect.deleteProperty(globalThis, 'sessionStorage');
});

/** The same page, opened again: only what a browser keeps is there. */
async function reload(): Promise<typeof Store> {
  vi.resetModules();
  return import('../../../src/components/elements/my-machine-store.ts');
}

describe('where storage works', () => {
  it('keeps the facts in the browser, with a version and the day', async () => {
    expect(store.saveMachine(facts, day).kept).toBe('browser');
    expect(JSON.parse(local.getItem(store.machineKey) ?? '')).toEqual({ version: 1, saved: '2026-11-22', facts });
    expect((await reload()).loadMachine()).toEqual({
      machine: { saved: '2026-11-22', facts },
      kept: 'browser',
      movedAside: false,
    });
  });

  it('is empty at first, and after it was forgotten', () => {
    expect(store.loadMachine().machine).toBeUndefined();
    store.saveMachine(facts, day);
    store.forgetMachine();
    expect(store.loadMachine().machine).toBeUndefined();
    expect([...local.items, ...session.items]).toEqual([]);
  });
});

describe('where it does not', () => {
  it('a full one: until the tab is closed', async () => {
    local.denied = 'writing';
    expect(store.saveMachine(facts, day).kept).toBe('tab');
    expect((await reload()).loadMachine()).toMatchObject({ machine: { facts }, kept: 'tab' });
  });

  it('a full one with an older machine in it does not bring that one back', () => {
    store.saveMachine({ ...facts, distribution: 'old' }, day);
    local.denied = 'writing';
    store.saveMachine(facts, day);
    expect(store.loadMachine().machine?.facts).toEqual(facts);
  });

  it('all denied: until the page is left, and nothing throws', async () => {
    deny('localStorage');
    deny('sessionStorage');
    expect(store.loadMachine()).toEqual({ machine: undefined, kept: 'page', movedAside: false });
    expect(store.saveMachine(facts, day).kept).toBe('page');
    expect(store.loadMachine()).toMatchObject({ machine: { facts }, kept: 'page' });
    expect((await reload()).loadMachine().machine).toBeUndefined();
    store.forgetMachine();
    expect(store.loadMachine().machine).toBeUndefined();
  });
});

describe('what nobody wrote', () => {
  it.each([
    'not JSON',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"version":2,"saved":"2026-11-22","facts":{"os":"Linux"}}',
    '{"version":1,"saved":"yesterday","facts":{"os":"Linux"}}',
    '{"version":1,"saved":"2026-11-22","facts":{}}',
    '{"version":1,"saved":"2026-11-22","facts":null}',
    '{"version":1,"saved":"2026-11-22","facts":["Linux"]}',
    '{"version":1,"saved":"2026-11-22","facts":{"os":1}}',
    '{"version":1,"saved":"2026-11-22","facts":{"Os":"Linux"}}',
    '{"version":1,"saved":"2026-11-22","facts":{"__proto__":"x"}}',
    JSON.stringify({ version: 1, saved: '2026-11-22', facts: { os: 'x'.repeat(5000) } }),
  ])('%s is moved aside, once', (text) => {
    local.setItem(store.machineKey, text);
    expect(store.loadMachine()).toEqual({ machine: undefined, kept: 'page', movedAside: true });
    expect(local.getItem(store.asideKey)).toBe(text);
    expect(store.loadMachine().movedAside).toBe(false);
    store.forgetMachine();
    expect(local.items.size).toBe(0);
  });

  it('any text is read or not, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = store.readStored(text);
        if (read) expect(Object.values(read.facts).every((value) => typeof value === 'string')).toBe(true);
      }),
    );
  });
});

describe('a change', () => {
  const stored = (key: string | null) => Object.assign(new Event('storage'), { key });

  it('in this tab or in another one is told, until nobody listens', () => {
    let told = 0;
    const stop = store.onMachineChange(() => told++);
    store.saveMachine(facts, day);
    expect(told).toBe(1);
    events.dispatchEvent(stored(store.machineKey));
    events.dispatchEvent(stored('something else'));
    // Everything was cleared.
    events.dispatchEvent(stored(null));
    expect(told).toBe(3);
    stop();
    store.forgetMachine();
    events.dispatchEvent(stored(store.machineKey));
    expect(told).toBe(3);
  });
});
