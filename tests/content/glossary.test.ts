/** The terms of the course, and what the course says differently from the lecture. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isWritten, readModules } from '../../src/site/course.ts';
import type { Term } from '../../src/site/glossary.ts';
import { readLists } from '../../src/site/list-loader.ts';
import { correctionSchema, termSchema } from '../../src/site/schemas/course.ts';
import { lengthOf, readLesson, sentencesOf } from './lesson-text.ts';

const content = 'src/content';
const modules = readModules();
const moduleOf = new Map(modules.flatMap(({ id, lessons }) => lessons.map(({ slug }) => [slug, id])));
const terms = readLists<Term>(`${content}/glossary`);

describe('the glossary', () => {
  it('has the terms of the curriculum, each valid and once', () => {
    for (const term of terms) termSchema.parse(term);
    expect(terms.length).toBeGreaterThanOrEqual(120);
    for (const language of ['ko', 'en'] as const) {
      const words = terms.map(({ term }) => term[language].toLowerCase());
      expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
    }
  });

  it('names each term by its English word in kebab-case', () => {
    const kebab = (word: string) =>
      word
        .toLowerCase()
        .replace(/\(.*?\)/g, '')
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
    expect(terms.map(({ id }) => id)).toEqual(terms.map(({ term }) => kebab(term.en)));
  });

  it.each(modules.map(({ id }) => id))('keeps the terms of the lessons of %s in its file', (id) => {
    const file = `${content}/glossary/${id}.yaml`;
    const own = terms.filter(({ lesson }) => moduleOf.get(lesson) === id);
    const inFile = readdirSync(`${content}/glossary`).includes(`${id}.yaml`)
      ? (parse(readFileSync(file, 'utf8')) as Term[]).map((term) => term.id)
      : [];
    expect(inFile).toEqual(own.map((term) => term.id));
  });

  it('says in one or two short sentences what a term means', () => {
    for (const { id, meaning } of terms) {
      expect([...meaning.ko].length, id).toBeLessThanOrEqual(90);
      expect(meaning.en.split(/\s+/).length, id).toBeLessThanOrEqual(30);
      for (const text of [meaning.ko, meaning.en]) expect(text, id).toMatch(/[.")]$/);
      expect(meaning.ko, `${id}: 해요체`).not.toMatch(/니다[.]/);
    }
  });
});

const corrections = readdirSync(`${content}/corrections`).map((name) => ({
  id: name.replace(/\.yaml$/, ''),
  ...correctionSchema.parse(parse(readFileSync(`${content}/corrections/${name}`, 'utf8'))),
}));

describe('the corrections', () => {
  it('name lessons of the course, and https sources', () => {
    for (const { id, lessons, sources } of corrections) {
      expect(
        lessons.filter((slug) => !moduleOf.has(slug)),
        id,
      ).toEqual([]);
      expect(
        sources.filter(({ url }) => !url.startsWith('https://')),
        id,
      ).toEqual([]);
    }
  });

  it('are the 41 of the curriculum', () => {
    const ids = Array.from({ length: 41 }, (_, at) => `C${String(at + 1).padStart(2, '0')}`);
    expect(corrections.map(({ id }) => id).sort()).toEqual(ids);
  });

  it.each(corrections)('$id keeps its sentences short, in 해요체', ({ said, now }) => {
    const korean = [said.ko, now.ko].flatMap(sentencesOf);
    expect(korean.filter((one) => lengthOf(one, 'ko') > 90)).toEqual([]);
    expect(korean.filter((one) => /니다[.]$/.test(one))).toEqual([]);
    expect([said.en, now.en].flatMap(sentencesOf).filter((one) => lengthOf(one, 'en') > 28)).toEqual([]);
  });

  const assigned = corrections.flatMap(({ id, lessons }) => lessons.map((slug) => ({ id, slug })));
  const written = assigned.filter(({ slug }) => isWritten(moduleOf.get(slug) ?? '', slug));

  it('are assigned to written lessons', () => {
    expect(written.length).toBeGreaterThanOrEqual(15);
  });

  it.each(written)('$id is shown by $slug, in both languages', ({ id, slug }) => {
    for (const language of ['', 'en/']) {
      const page = `${content}/docs/${language}${moduleOf.get(slug)}/${slug}.mdx`;
      expect(readLesson(readFileSync(page, 'utf8')).frontMatter['corrections'], page).toContain(id);
    }
  });
});
