// The style guide as far as a machine can check it, for every written lesson in both languages.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isWritten, readModules } from '../../src/site/course.ts';
import { lessonSections } from '../../src/site/lesson-sections.ts';
import { readLists } from '../../src/site/list-loader.ts';
import type { Language } from '../../src/site/locales.ts';
import { quizSchema } from '../../src/site/schemas/course.ts';
import { type LessonText, lengthOf, readLesson, sentencesOf } from './lesson-text.ts';
import { broken } from './style-guide.ts';

const content = 'src/content';
const yaml = (name: string): unknown => parse(readFileSync(`${content}/${name}`, 'utf8'));

/** Mean and longest sentence. The guide's own numbers: characters in Korean, words in English. */
const sentenceLimits = { ko: { mean: 60, most: 90 }, en: { mean: 20, most: 28 } };

const terms = new Set(readLists(`${content}/glossary`).map(({ id }) => id));
const corrections = new Set(readdirSync(`${content}/corrections`).map((name) => name.replace(/\.yaml$/, '')));

const written = readModules().flatMap((module) =>
  module.lessons
    .filter(({ slug }) => isWritten(module.id, slug))
    .map((lesson) => ({ ...lesson, page: `${module.id}/${lesson.slug}` })),
);
const file = (language: Language, page: string) => `${content}/docs/${language === 'en' ? 'en/' : ''}${page}.mdx`;
const read = (language: Language, page: string): LessonText => readLesson(readFileSync(file(language, page), 'utf8'));

/** Everything that a lesson's snippets and labs are known to print: what was recorded, what must hold anywhere, and the lab's own names. */
function recordings(snippets: string[] = [], labs: string[] = []): string {
  return [...snippets.map((id) => `snippets/${id}`), ...labs.map((id) => `labs/${id}`)]
    .flatMap((id) => {
      const folder = `${content}/${id}`;
      const recorded = existsSync(`${folder}/recorded`) ? readdirSync(`${folder}/recorded`) : [];
      const script = existsSync(`${folder}/lab.sh`) ? [`${folder}/lab.sh`] : [];
      return [...script, `${folder}/expected.txt`, ...recorded.map((name) => `${folder}/recorded/${name}`)];
    })
    .map((name) => readFileSync(name, 'utf8'))
    .join('\n');
}

it('finds written lessons', () => {
  expect(written.length).toBeGreaterThanOrEqual(3);
});

describe.each(written)('$page', ({ page, slug, snippets = [], labs = [] }) => {
  it('exists in both languages', () => {
    expect(existsSync(file('ko', page)), file('ko', page)).toBe(true);
    expect(existsSync(file('en', page)), file('en', page)).toBe(true);
  });

  it('shows the same components in the same order', () => {
    const show = (language: Language) => read(language, page).components.map(({ name, id }) => `${name} ${id ?? ''}`);
    expect(show('en').filter((one) => !one.startsWith('Term'))).toEqual(
      show('ko').filter((one) => !one.startsWith('Term')),
    );
    expect(show('en').toSorted(), 'the same terms').toEqual(show('ko').toSorted());
  });

  it('has the same sources, corrections and date', () => {
    for (const field of ['sources', 'corrections', 'updated'])
      expect(read('en', page).frontMatter[field], field).toEqual(read('ko', page).frontMatter[field]);
  });

  it('has a valid quiz of at least five questions', () => {
    const quiz = quizSchema.parse(yaml(`quizzes/${slug}.yaml`));
    expect(quiz.questions.length).toBeGreaterThanOrEqual(5);
    const ids = quiz.questions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, choices } of quiz.questions) expect(choices.length, id).toBeGreaterThanOrEqual(3);
  });

  describe.each(['ko', 'en'] as const)('%s', (language) => {
    const lesson = read(language, page);
    const ids = (name: string) => lesson.components.filter((one) => one.name === name).map(({ id }) => id ?? '');

    it('has the nine headings in order', () => {
      expect(lesson.headings).toEqual(Object.values(lessonSections).map((heading) => heading[language]));
    });

    it('opens with one question, has a figure, and ends with its sources', () => {
      const [, question = ''] =
        new RegExp(`^## ${lessonSections.question[language]}\\n\\n(.+)$`, 'm').exec(lesson.body) ?? [];
      expect(question).toMatch(/^\*\*.+\?\*\*$/);
      expect(lesson.body).toMatch(/^import \w+ from '@components\/figures\//m);
      expect(ids('Misconception').length).toBeGreaterThanOrEqual(2);
      expect(ids('Misconception').length).toBeLessThanOrEqual(5);
      expect(ids('InAHurry').length).toBe(ids('EpisodeStrip').length);
      const last = [...lesson.body.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
      const ending = {
        ko: ['강연 이후 달라진 것', '출처와 다음 레슨'],
        en: ['What changed since the lecture', 'Sources and the next lesson'],
      };
      expect(last.slice(ids('SinceTheLecture').length > 0 ? -2 : -1)).toEqual(
        ending[language].slice(ids('SinceTheLecture').length > 0 ? 0 : 1),
      );
    });

    it('has a title and a description that fit a search result', () => {
      const { title, description, objectives } = lesson.frontMatter;
      expect([...String(title)].length, String(title)).toBeLessThanOrEqual(60);
      expect([...String(description)].length, String(description)).toBeLessThanOrEqual(155);
      expect([...String(description)].length, String(description)).toBeGreaterThan(40);
      expect(objectives, 'objectives').toEqual(expect.arrayContaining([expect.any(String)]));
      expect((objectives as string[]).length, 'objectives').toBeGreaterThanOrEqual(3);
      expect((objectives as string[]).length, 'objectives').toBeLessThanOrEqual(5);
      expect(String(objectives), 'objectives are plain text').not.toMatch(/[`*]/);
    });

    it('shows the runnables that the module names, in order', () => {
      expect(ids('Snippet')).toEqual(snippets);
      expect(ids('Lab')).toEqual(labs);
      expect(ids('Quiz')).toEqual([slug]);
    });

    it('imports what it uses and uses what it imports', () => {
      expect(new Set(lesson.components.map(({ name }) => name))).toEqual(new Set(lesson.imports));
    });

    it('links each term once, and only terms of the glossary', () => {
      const used = ids('Term');
      expect(used.filter((id) => !terms.has(id))).toEqual([]);
      expect(
        used.filter((id, at) => used.indexOf(id) !== at),
        'linked twice',
      ).toEqual([]);
    });

    it('names corrections that exist, and shows them', () => {
      const named = (lesson.frontMatter['corrections'] ?? []) as string[];
      expect(named.filter((id) => !corrections.has(id))).toEqual([]);
      expect(ids('SinceTheLecture').length).toBe(named.length > 0 ? 1 : 0);
      expect(ids('Sources').length).toBe(1);
    });

    it('links to https pages, to written lessons and to labs only', () => {
      const sources = (lesson.frontMatter['sources'] ?? []) as { url: string }[];
      const outside = [...lesson.links, ...sources.map(({ url }) => url)].filter((url) => !url.startsWith('../'));
      expect(outside.filter((url) => !url.startsWith('https://') && !url.startsWith('#'))).toEqual([]);
      const inside = lesson.links.filter((url) => url.startsWith('../')).map((url) => url.replace(/#.*$/, ''));
      const pages = [...written.map((one) => one.page), ...readdirSync(`${content}/labs`).map((id) => `labs/${id}`)];
      const known = new Set(pages.map((one) => new URL(`https://x/${one}/`).pathname));
      expect(inside.filter((url) => !known.has(new URL(url, `https://x/${page}/`).pathname))).toEqual([]);
    });

    it('has no word that the guide rules out', () => {
      const quiz = JSON.stringify(quizSchema.parse(yaml(`quizzes/${slug}.yaml`)), (key, value) =>
        key === (language === 'ko' ? 'en' : 'ko') ? undefined : value,
      );
      expect(broken(`${lesson.body}\n${quiz}`, language)).toEqual([]);
    });

    it('keeps its sentences short', () => {
      const { mean, most } = sentenceLimits[language];
      const all = [...lesson.sentences, ...lesson.boxSentences];
      const lengths = all.map((sentence) => lengthOf(sentence, language));
      expect(all.length).toBeGreaterThan(40);
      expect(
        all.filter((sentence) => lengthOf(sentence, language) > most),
        `longer than ${most}`,
      ).toEqual([]);
      expect(lengths.reduce((sum, one) => sum + one, 0) / all.length).toBeLessThanOrEqual(mean);
    });

    it('keeps its story short', () => {
      const story = /<Story>([\s\S]*?)<\/Story>/.exec(lesson.body)?.[1] ?? '';
      const words = sentencesOf(story).join(' ').split(/\s+/).length;
      expect(words).toBeGreaterThan(30);
      expect(words).toBeLessThanOrEqual(120);
    });

    it('quotes only facts, steps and checks that its runnables have', () => {
      const text = [...snippets, ...labs, recordings(snippets, labs)].join('\n');
      const fact = /^[a-z]+(?:_[a-z]+)*=[\w: -]+$/;
      const name = /^[a-z]\w*(?:-\w+){2,}$/;
      const facts = lesson.codes.filter((code) => fact.test(code) || name.test(code));
      expect(facts.filter((fact) => !text.includes(fact))).toEqual([]);
    });
  });

  it('speaks 해요체 in Korean, and 합니다체 in safety boxes only', () => {
    const lesson = read('ko', page);
    const formal = /(?:니다|십시오)[.?]?["”’)]?$/;
    expect(lesson.sentences.filter((sentence) => formal.test(sentence))).toEqual([]);
    expect(lesson.boxSentences.filter((sentence) => /요\.$/.test(sentence))).toEqual([]);
  });

  it('has an English text of the length that the guide asks for', () => {
    const { sentences, boxSentences } = read('en', page);
    const words = [...sentences, ...boxSentences].join(' ').split(/\s+/).length;
    expect(words).toBeGreaterThanOrEqual(1000);
    expect(words).toBeLessThanOrEqual(1800);
  });
});

describe('the reading of MDX', () => {
  it('splits prose into sentences, without code, tables and tags', () => {
    const text = [
      '## Heading',
      'One `a. b` sentence. Is it [two](https://x.y/z)? Yes.',
      '| a | b. c |',
      '<Term id="x">Term</Term> is kept.',
      '1. First item.\n2. Second',
      '```text\nNot. This.\n```',
    ].join('\n\n');
    expect(sentencesOf(text)).toEqual([
      'One code sentence.',
      'Is it two?',
      'Yes.',
      'Term is kept.',
      'First item.',
      'Second',
    ]);
  });

  it('counts words in English and characters in Korean', () => {
    expect(lengthOf('Three short words', 'en')).toBe(3);
    expect(lengthOf('세 단어예요.', 'ko')).toBe(7);
  });
});
