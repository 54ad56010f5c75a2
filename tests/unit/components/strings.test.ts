import { describe, expect, it } from 'vitest';
import { format, loadStrings, translator } from '../../../src/components/elements/strings.ts';
import english from '../../../src/content/i18n/en.json' with { type: 'json' };
import korean from '../../../src/content/i18n/ko.json' with { type: 'json' };

describe('format', () => {
  it('fills placeholders, with spaces or without, as often as they stand', () => {
    expect(format('{{a}} and {{ b }} and {{a}}', { a: 1, b: 'two' })).toBe('1 and two and 1');
  });

  it('leaves a name without a value, and does not look into prototypes', () => {
    expect(format('{{missing}} {{constructor}}', { a: 1 })).toBe('{{missing}} {{constructor}}');
  });

  it('puts a value in as it is, even where it looks like a pattern', () => {
    expect(format('<{{a}}>', { a: '$& {{b}}' })).toBe('<$& {{b}}>');
  });
});

describe('loadStrings', () => {
  it.each([
    ['ko', korean],
    ['en', english],
    ['en-GB', english],
    ['', korean],
  ] as const)('reads the file of "%s"', async (language, strings) => {
    expect((await loadStrings(language))('snippet.stop')).toBe(strings['snippet.stop']);
  });

  it('shows the key where the string is missing', () => {
    expect(translator({})('snippet.stop')).toBe('snippet.stop');
  });
});

describe('strings of snippets', () => {
  const placeholders = (text: string) => [...text.matchAll(/\{\{\s*([\w-]+)\s*\}\}/g)].map(([, name]) => name).sort();

  it.each(Object.keys(korean).filter((key) => /^(snippet|runtime|heap|exit)\./.test(key)))(
    '%s has the same placeholders in both languages',
    (key) => {
      const name = key as keyof typeof korean;
      expect(placeholders(english[name])).toEqual(placeholders(korean[name]));
    },
  );
});
