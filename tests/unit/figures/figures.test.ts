/** What holds for every figure that the reader steps through. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { drawStep, labelsOf, type StepFigure } from '../../../src/figures/drawing/step-figure.ts';
import { escapeMarkup } from '../../../src/figures/drawing/svg.ts';
import { figureSchema } from '../../../src/site/schemas/course.ts';

const ids = readdirSync('src/figures')
  // A module without `figure` draws parts of figures that stand still.
  .filter((name) => name.endsWith('.ts') && /^export const figure\b/m.test(readFileSync(`src/figures/${name}`, 'utf8')))
  .map((name) => name.replace(/\.ts$/, ''));

/** Names of the open tags that are never closed, or closed out of order; empty in well-formed markup. */
function unbalanced(markup: string): string[] {
  const open: string[] = [];
  for (const [, close, name = '', own] of markup.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (own) continue;
    if (!close) open.push(name);
    else if (open.pop() !== name) return [`/${name}`];
  }
  return open;
}

it('sees the figures', () => {
  expect(ids).toContain('descriptor-table');
});

describe.each(ids)('%s', async (id) => {
  const { figure } = (await import(`../../../src/figures/${id}.ts`)) as { figure: StepFigure<unknown> };
  const words = figureSchema.parse(parse(readFileSync(`src/content/figures/${id}.yaml`, 'utf8')));
  const steps = figure.states.map((_, at) => at);

  it('has a sentence for each state, and no other list of sentences', () => {
    expect(words.steps).toHaveLength(figure.states.length);
    expect(words.words).toEqual([]);
    expect(figure.states.length).toBeGreaterThanOrEqual(3);
    for (const language of ['ko', 'en'] as const)
      expect(new Set(words.steps.map((step) => step[language])).size).toBe(words.steps.length);
  });

  it.each(['ko', 'en'] as const)(
    'draws every state with the words of the file, and uses all of them (%s)',
    (language) => {
      const used = new Set<string>();
      const label = labelsOf(
        id,
        Object.fromEntries(Object.entries(words.labels).map(([name, it]) => [name, it[language]])),
      );
      for (const at of steps)
        drawStep(figure, at, (name) => {
          used.add(name);
          return label(name);
        });
      expect([...used].sort()).toEqual(Object.keys(words.labels).sort());
    },
  );

  it.each(steps)('step %i is well-formed, fits a phone, and shows what the words say as text', (at) => {
    const hostile = '<b onclick="x">&';
    const markup = drawStep(figure, at, () => hostile);
    expect(markup).not.toContain(hostile);
    expect(unbalanced(markup.replaceAll(escapeMarkup(hostile), ''))).toEqual([]);
    expect(markup).toMatch(/^<svg viewBox="0 0 296 \d+" aria-hidden="true">/);
    for (const [, x] of markup.matchAll(/ x="(-?[\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(x)).toBeLessThan(296);
    }
    expect(markup, 'sizes and colours are classes').not.toMatch(/font-size|fill=|stroke=|style=/);
  });

  it('changes something at each step', () => {
    const drawn = steps.map((at) => drawStep(figure, at, (name) => name));
    expect(new Set(drawn).size).toBe(drawn.length);
  });
});

describe('the frame', () => {
  it('says which label and which step is missing', () => {
    expect(() => labelsOf('a', {})('toString')).toThrow('src/content/figures/a.yaml has no label "toString"');
    const figure: StepFigure<number> = { states: [1], draw: (state) => `${state}` };
    expect(drawStep(figure, 0, String)).toBe('1');
    expect(() => drawStep(figure, 1, String)).toThrow('no step 1');
  });

  it('finds markup that is not balanced', () => {
    expect(unbalanced('<svg><text>a</text></svg>')).toEqual([]);
    expect(unbalanced('<svg><text>a</svg>')).not.toEqual([]);
    expect(unbalanced('<svg><g>')).not.toEqual([]);
  });
});
