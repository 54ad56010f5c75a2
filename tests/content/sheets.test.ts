/** The sheets that readers fill in: valid, shown in both languages, and with an example that says what the lesson's runs say. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Sheet, sheetSchema } from '../../src/site/schemas/sheet.ts';

const folder = 'src/content/sheets';
const ids = readdirSync(folder).map((name) => name.replace(/\.yaml$/, ''));
const read = (id: string): Sheet => sheetSchema.parse(parse(readFileSync(`${folder}/${id}.yaml`, 'utf8')));
const pages = (language: 'ko' | 'en') =>
  globSync('src/content/docs/**/*.mdx').filter((file) => /docs[\\/]en[\\/]/.test(file) === (language === 'en'));

it('are there', () => {
  expect(ids.length).toBeGreaterThan(0);
});

describe.each(ids)('%s', (id) => {
  const sheet = read(id);

  it('is shown on one page of each language', () => {
    for (const language of ['ko', 'en'] as const)
      expect(
        pages(language).filter((file) => readFileSync(file, 'utf8').includes(`<Sheet id="${id}"`)),
        language,
      ).toHaveLength(1);
  });

  it('has an example that fits its fields', () => {
    for (const field of sheet.fields) {
      if (field.kind === 'choice') expect(field.options.map((option) => option.id)).toContain(field.example);
      if (field.kind !== 'table') continue;
      expect(field.example.length).toBeLessThanOrEqual(field.rows);
      for (const row of field.example) expect(Object.keys(row)).toEqual(field.columns.map((column) => column.id));
    }
  });
});

it('the example of memory-proposal has the numbers of peak-memory', () => {
  const recorded = readFileSync('src/content/snippets/peak-memory/recorded/node-24.txt', 'utf8');
  const table = read('memory-proposal').fields.find(({ kind }) => kind === 'table');
  const cells = table?.kind === 'table' ? table.example.map((row) => row['worst']?.en ?? '') : [];
  expect(cells.length).toBeGreaterThan(2);
  for (const text of cells) {
    const [, need, room] = /^(\d+) \/ (\d+) MiB$/.exec(text) ?? [];
    expect(recorded, text).toContain(`need=${need} room=${room}`);
  }
});
