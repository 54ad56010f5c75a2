import { getEntry } from 'astro:content';
import { type Language, languageOf } from './locales.ts';

/** The words inside a figure's drawing, in the page's language: `label('heap')`. Throws for a word that the figure's file does not have. */
export async function figureLabels(id: string, locale: string | undefined): Promise<(name: string) => string> {
  const entry = await getEntry('figures', id);
  const language: Language = languageOf(locale);
  return (name) => {
    const label = entry?.data.labels[name];
    if (!label) throw new Error(`src/content/figures/${id}.yaml has no label "${name}".`);
    return label[language];
  };
}
