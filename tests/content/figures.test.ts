/** The words of the figures: one file per figure, each drawn once and shown in a lesson of both languages. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { figureSchema } from '../../src/site/schemas/course.ts';

const folder = 'src/content/figures';
const ids = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));

/** What draws each figure: a component with `<Figure id="…">`, or, where the reader steps through it, the module of its id. */
const drawings = globSync(['src/components/**/*.astro', 'src/figures/*.ts']).map((file) => ({
  file: file.replaceAll('\\', '/'),
  text: readFileSync(file, 'utf8'),
}));
const drawnBy = (id: string) =>
  drawings.filter(({ file, text }) =>
    file.endsWith('.ts')
      ? file === `src/figures/${id}.ts` && /^export const figure\b/m.test(text)
      : text.includes(`<Figure id="${id}"`),
  );

it('are there', () => {
  expect(ids.length).toBeGreaterThanOrEqual(5);
});

describe.each(ids)('%s', (id) => {
  const figure = figureSchema.parse(parse(readFileSync(`${folder}/${id}.yaml`, 'utf8')));

  it('has an id fit for an anchor', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('is drawn once, with labels that its file has', () => {
    const [drawing, ...more] = drawnBy(id);
    expect(drawing, `nothing draws ${id}`).toBeDefined();
    expect(more).toEqual([]);
    const used = [...(drawing?.text ?? '').matchAll(/\blabel\('([^']+)'\)/g)].map(([, name]) => name);
    expect(used.filter((name) => !Object.hasOwn(figure.labels, name ?? ''))).toEqual([]);
  });
});
