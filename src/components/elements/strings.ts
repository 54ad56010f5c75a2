/** The strings of the custom elements: the same files that `Astro.locals.t` reads, loaded on the first interaction. */
import type { UiKey } from '../../site/schemas/i18n.ts';

export type Translate = (key: UiKey, values?: Readonly<Record<string, string | number>>) => string;

/** Fills the {{placeholders}} of a template. A name without a value stays as it is, so that a mistake is seen. */
export function format(template: string, values: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

/** A `Translate` over the content of a string file. */
export function translator(strings: Readonly<Record<string, string>>): Translate {
  return (key, values) => format(strings[key] ?? key, values);
}

/**
 * The strings of a language; one request for each, then the module cache. Rejects where the file cannot be fetched.
 *
 * @param language as in `<html lang>`; anything but English is Korean, the language of the root
 */
export async function loadStrings(language: string = document.documentElement.lang): Promise<Translate> {
  const { default: strings } = language.startsWith('en')
    ? await import('../../content/i18n/en.json')
    : await import('../../content/i18n/ko.json');
  return translator(strings);
}
