/** Draws the steps of a figure in the page. Each figure's module is a file of its own, fetched for the figure that is used. */
import { drawStep, labelsOf, type StepFigure } from '../../figures/drawing/step-figure.ts';

const modules = import.meta.glob<StepFigure<unknown>>('../../figures/*.ts', { import: 'figure' });

/** Puts step `at` in place of the drawing, if it is still `wanted` once the module is there. Rejects where that cannot be fetched. */
export async function drawInto(host: HTMLElement, at: number, wanted: () => boolean): Promise<void> {
  const id = host.dataset['figure'] ?? '';
  const figure = await modules[`../../figures/${id}.ts`]?.();
  const place = host.querySelector('.drawing');
  if (!figure || !place) throw new Error(`<step-figure> has no drawing "${id}"`);
  if (!wanted()) return;
  const label = labelsOf(id, JSON.parse(host.dataset['labels'] ?? '{}') as Record<string, string>);
  // Markup from our own module, in which every text is escaped.
  place.innerHTML = drawStep(figure, at, label);
}
