/** The page of errors as a reader without JavaScript gets it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { errorSchema } from '../../src/site/schemas/errors.ts';
import { attribute, pages, texts, weight } from './pages.ts';

const folder = 'src/content/errors';
const entries = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({
    id: name.replace(/\.yaml$/, ''),
    ...errorSchema.parse(parse(readFileSync(`${folder}/${name}`, 'utf8'))),
  }));
const own = pages.filter(({ path }) => path.endsWith('/errors/'));

it('is there in both languages, and in the sidebar of each', () => {
  expect(own.map(({ path }) => path).sort()).toEqual(['/en/errors/', '/errors/']);
  for (const page of pages.filter(({ path }) => path.endsWith('/glossary/')))
    expect(attribute(page, 'nav.sidebar a', 'href')).toContain(page.language === 'en' ? '/en/errors/' : '/errors/');
});

it('is where the home page leads, beside its own errors', () => {
  for (const page of pages.filter(({ path }) => path === '/' || path === '/en/')) {
    expect(attribute(page, 'ul.errors a', 'href')).toContain(page.language === 'en' ? '/en/errors/' : '/errors/');
    expect(texts(page, 'ul.errors samp').some((text) => text.includes('<defunct>'))).toBe(true);
  }
});

describe.each(own)('$path', (page) => {
  it('has an anchor for every entry, and everything that the search reads', () => {
    expect(attribute(page, 'details[data-error]', 'id').sort()).toEqual(entries.map(({ id }) => id).sort());
    for (const { id, errno, code, signal, find } of entries) {
      const [phrases] = attribute(page, `details[id="${id}"]`, 'dataPhrases');
      expect(phrases ?? '', id).toBe(find.join('|'));
      const numbers = ['dataErrno', 'dataCode', 'dataSignal'].map(
        (name) => attribute(page, `details[id="${id}"]`, name)[0],
      );
      expect(numbers, id).toEqual([errno, code, signal].map((value) => value?.toString()));
    }
  });

  it('has every text letter by letter, and its source', () => {
    for (const { id, texts: wanted } of entries) {
      expect(texts(page, `details[id="${id}"] .error-texts samp`), id).toEqual(wanted.map(({ text }) => text));
      const links = attribute(page, `details[id="${id}"] .error-texts a`, 'href');
      expect(links, id).toEqual(wanted.flatMap(({ url }) => url ?? []));
    }
  });

  it('says whose limit it is, proves it, and names one first step', () => {
    for (const { id, proof } of entries) {
      expect(texts(page, `details[id="${id}"] .run`), id).toEqual([proof.run]);
      for (const part of ['.meaning', '.whose dd', '.first dd'])
        expect(texts(page, `details[id="${id}"] ${part}`).join('').trim().length, `${id} ${part}`).toBeGreaterThan(3);
    }
  });

  it('shows no form that does nothing', () => {
    expect(attribute(page, 'find-error form', 'hidden')).toEqual(['true']);
  });

  it('warns beside the table of signals that 137 proves nothing', () => {
    expect(texts(page, '.errors-table tbody tr')).toHaveLength(
      entries.filter(({ signal, ends }) => signal !== undefined && ends).length,
    );
    expect(texts(page, '.errors-group > .notice').join()).toContain('137');
  });

  it('is at most 75 kB, compressed', () => {
    expect(weight(page)).toBeLessThanOrEqual(75_000);
  });
});
