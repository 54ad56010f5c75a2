/** The two languages of the site: Korean at the root, English under /en/. */
export const languages = ['ko', 'en'] as const;
export type Language = (typeof languages)[number];

/** A text in both languages, as it stands in the YAML files. */
export type Both = Record<Language, string>;

/** The language of a page from Starlight's locale (undefined at the root) or an `<html lang>`. */
export function languageOf(locale: string | undefined): Language {
  return locale === 'en' ? 'en' : 'ko';
}

/** Address of a page, such as ("en", "troubleshooting/lab-ulimit") to "/en/troubleshooting/lab-ulimit/". `base` as Astro gives it. */
export function pagePath(language: Language, slug: string, base = '/'): string {
  const parts = [language === 'en' ? 'en' : '', slug].filter(Boolean);
  return `${base.replace(/\/$/, '')}/${parts.map((part) => `${part}/`).join('')}`;
}
