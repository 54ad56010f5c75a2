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
const drawnBy = (id: string) => ({
  components: drawings.filter(({ text }) => text.includes(`<Figure id="${id}"`)),
  models: drawings.filter(({ file }) => file === `src/figures/${id}.ts`),
});
/** How many pages show a figure: by the tag of its component, or by its id. */
function shownOn(id: string, language: 'ko' | 'en'): number {
  const [component] = drawnBy(id).components;
  const name = component?.file.replace(/^.*\/|\.astro$/g, '');
  const pages = globSync('src/content/docs/**/*.mdx').filter(
    (file) => /docs[\\/]en[\\/]/.test(file) === (language === 'en'),
  );
  return pages.filter((file) => {
    const text = readFileSync(file, 'utf8');
    return text.includes(`<StepFigure id="${id}"`) || (name !== undefined && new RegExp(`<${name}[ />]`).test(text));
  }).length;
}

it('are there', () => {
  expect(ids.length).toBeGreaterThanOrEqual(5);
});

describe.each(ids)('%s', (id) => {
  const figure = figureSchema.parse(parse(readFileSync(`${folder}/${id}.yaml`, 'utf8')));

  it('says the same in words, and has a short name, in both languages', () => {
    const [component] = drawnBy(id).components;
    const inSlot = component?.text.includes('slot="words"') ?? false;
    expect(inSlot || figure.words.length + figure.steps.length > 0, 'words, steps or a slot of words').toBe(true);
    for (const language of ['ko', 'en'] as const) expect(figure.alt[language].length).toBeGreaterThan(10);
  });

  it('is shown on as many Korean pages as English ones', () => {
    expect(shownOn(id, 'en')).toBe(shownOn(id, 'ko'));
  });

  it('has an id fit for an anchor', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('is drawn once, with labels that its file has', () => {
    const { components, models } = drawnBy(id);
    expect(components.length, `components that draw ${id}`).toBeLessThanOrEqual(1);
    expect(components.length + models.length, `nothing draws ${id}`).toBeGreaterThan(0);
    // A model may draw several figures; the build throws for a label that one of them lacks.
    const own = components.length > 0 ? components : models;
    const used = own.flatMap(({ text }) => [...text.matchAll(/\blabel\('([^']+)'\)/g)].map(([, name]) => name ?? ''));
    expect(used.filter((name) => !Object.hasOwn(figure.labels, name))).toEqual([]);
  });
});
