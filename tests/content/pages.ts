/** Every page of the course's text, in both languages, read as text. */
import { globSync, readFileSync } from 'node:fs';
import type { Language } from '../../src/site/locales.ts';
import { type LessonText, readLesson } from './lesson-text.ts';

const docs = 'src/content/docs';

export const fileOf = (language: Language, page: string) => `${docs}/${language === 'en' ? 'en/' : ''}${page}.mdx`;

const all = globSync(`${docs}/**/*.mdx`).map((file) =>
  file.replaceAll('\\', '/').slice(docs.length + 1, -'.mdx'.length),
);

/** Pages by language, such as "troubleshooting/lab-ulimit". The error page is one for both languages. */
export const pagesOf: Record<Language, string[]> = {
  ko: all.filter((page) => !page.startsWith('en/') && page !== '404').sort(),
  en: all
    .filter((page) => page.startsWith('en/'))
    .map((page) => page.slice('en/'.length))
    .sort(),
};

export const readPage = (language: Language, page: string): LessonText =>
  readLesson(readFileSync(fileOf(language, page), 'utf8'));
