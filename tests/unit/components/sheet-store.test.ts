/** What readers write in sheets: kept, merged between tabs, and never lost without a word. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  asideKey,
  loadSheet,
  merge,
  readSheet,
  type StoredSheet,
  saveSheet,
  sheetKey,
} from '../../../src/components/elements/fill-sheet-store.ts';

class MemoryStorage {
  readonly items = new Map<string, string>();
  full = false;
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new DOMException('full', 'QuotaExceededError');
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

let local: MemoryStorage;
beforeEach(() => {
  local = new MemoryStorage();
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: local });
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'localStorage');
});

const sheet = (values: Record<string, string>, other: Record<string, string> = {}): StoredSheet => ({ values, other });

describe('where storage works', () => {
  it('keeps each sheet by itself, under a key with a version', () => {
    expect(saveSheet('one', sheet({ why: 'because', 'options.1.cost': '2' }))).toBe(true);
    expect(saveSheet('two', sheet({ why: 'no' }))).toBe(true);
    expect([...local.items.keys()]).toEqual(['sheet.v1.one', 'sheet.v1.two']);
    expect(loadSheet('one')).toEqual(sheet({ why: 'because', 'options.1.cost': '2' }));
    expect(loadSheet('three')).toEqual(sheet({}));
  });

  it('leaves nothing behind of an empty sheet', () => {
    saveSheet('one', sheet({ why: 'x' }));
    saveSheet('one', sheet({ why: '' }));
    expect(local.items.size).toBe(0);
  });

  it('gives what was written under an older id to the field of today, unless that has something', () => {
    const old = JSON.stringify(sheet({ reason: 'a', 'table.1.cost': 'b' }, { reason: 'c' }));
    const renamed = { reason: 'why', table: 'options' };
    expect(readSheet(old, renamed)).toEqual(sheet({ why: 'a', 'options.1.cost': 'b' }, { why: 'c' }));
    expect(readSheet(JSON.stringify(sheet({ why: 'new', reason: 'old' })), renamed)).toEqual(sheet({ why: 'new' }));
    expect(readSheet(JSON.stringify(sheet({ reason: 'old', why: 'new' })), renamed)).toEqual(sheet({ why: 'new' }));
  });

  it('keeps what it does not know: the field may come back', () => {
    saveSheet('one', sheet({ gone: 'x' }));
    expect(loadSheet('one').values).toEqual({ gone: 'x' });
  });
});

describe('where it does not', () => {
  it('says that it is full', () => {
    local.full = true;
    expect(saveSheet('one', sheet({ why: 'x' }))).toBe(false);
  });

  it('says that it is blocked, and does not throw', () => {
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(loadSheet('one').problem).toBe('blocked');
    expect(saveSheet('one', sheet({ why: 'x' }))).toBe(false);
  });
});

describe('what nobody wrote', () => {
  it.each([
    'not JSON',
    'null',
    '[]',
    '{}',
    '{"values":{}}',
    '{"values":{"a":1},"other":{}}',
    '{"values":["a"],"other":{}}',
    '{"values":{"__proto__":"x"},"other":{}}',
    '{"values":{"a b":"x"},"other":{}}',
  ])('%s is moved aside, once', (text) => {
    local.setItem(sheetKey('one'), text);
    expect(loadSheet('one')).toEqual({ ...sheet({}), problem: 'aside' });
    expect(local.getItem(asideKey('one'))).toBe(text);
    expect(loadSheet('one').problem).toBeUndefined();
  });

  it('stays where it is if there is no room to move it', () => {
    local.setItem(sheetKey('one'), 'not JSON');
    local.full = true;
    expect(loadSheet('one').problem).toBe('blocked');
    expect(local.getItem(sheetKey('one'))).toBe('not JSON');
  });

  it('any text is read or not, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = readSheet(text);
        if (read) expect(Object.values(read.values).every((value) => typeof value === 'string')).toBe(true);
      }),
    );
  });
});

describe('two tabs', () => {
  it('take over what only the other one changed', () => {
    const merged = merge({ a: '1', b: '1' }, { a: '1', b: '2' }, sheet({ a: '3', b: '1' }));
    expect(merged).toEqual({ values: { a: '3', b: '2' }, other: {}, taken: ['a'], conflicts: [] });
  });

  it('keep both texts where both changed the same field', () => {
    const merged = merge({ a: '1' }, { a: 'mine' }, sheet({ a: 'theirs' }));
    expect(merged).toEqual({ values: { a: 'mine' }, other: { a: 'theirs' }, taken: [], conflicts: ['a'] });
  });

  it('never change the field that the reader is in', () => {
    const merged = merge({ a: '1' }, { a: '1' }, sheet({ a: 'theirs' }), 'a');
    expect(merged).toEqual({ values: { a: '1' }, other: { a: 'theirs' }, taken: [], conflicts: ['a'] });
  });

  it('agree where they wrote the same', () => {
    expect(merge({}, { a: 'x' }, sheet({ a: 'x' }, { a: 'x' }))).toEqual({
      values: { a: 'x' },
      other: {},
      taken: [],
      conflicts: [],
    });
  });

  it('a text beside the field grows with its tab, and a third text joins it', () => {
    const grown = merge({ a: '1' }, { a: 'mine' }, sheet({ a: 'theirs, longer' }, { a: 'theirs' }));
    expect(grown.other).toEqual({ a: 'theirs, longer' });
    const third = merge({ a: '1' }, { a: 'mine' }, sheet({ a: 'third' }, { a: 'theirs' }));
    expect(third.other).toEqual({ a: 'theirs\n\nthird' });
  });

  it('a cleared field in the other tab takes nothing that was changed here', () => {
    const merged = merge({ a: '1', b: '1' }, { a: 'mine', b: '1' }, sheet({}));
    expect(merged.values).toEqual({ a: 'mine', b: '' });
    expect(merged.other['a'] ?? '').toBe('');
  });

  it('lose no text, whatever they write', () => {
    const text = fc.constantFrom('', 'one', 'two', 'three');
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (before, mine, there, held) => {
        const merged = merge({ a: before }, { a: mine }, sheet({ a: there }), held ? 'a' : undefined);
        const kept = [merged.values['a'], merged.other['a']];
        if (mine !== before) expect(kept[0]).toBe(mine);
        if (there !== before && there !== '') expect(kept).toContain(there);
      }),
    );
  });
});
