/** What a reader without JavaScript, a search engine and a printer get: everything. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHtml } from 'hast-util-from-html';
import { toText } from 'hast-util-to-text';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Lesson, readModules } from '../../src/site/course.ts';
import { attribute, deployed, lessons, type Page, pages, texts } from './pages.ts';

const content = 'src/content';
const squeeze = (text: string) => text.replace(/\s+/g, '');
const whole = new Map<Page, string>();

/** All text of a page without any white space, so that line wrapping and markup cannot matter. */
function textOf(page: Page): string {
  const known = whole.get(page);
  if (known !== undefined) return known;
  const text = squeeze(toText(page.tree, { whitespace: 'pre' }));
  whole.set(page, text);
  return text;
}

const inCourse = readModules().flatMap((module) => module.lessons.map((lesson) => ({ ...lesson, module: module.id })));

function lessonOf(page: Page): Lesson {
  const slug = page.path.split('/').filter(Boolean).at(-1);
  const lesson = inCourse.find((one) => one.slug === slug);
  if (!lesson) throw new Error(`${page.path} is in no module`);
  return lesson;
}

it('sees the lessons', () => {
  expect(lessons.length).toBeGreaterThanOrEqual(6);
});

describe.each(lessons)('$path', (page) => {
  const { snippets = [], labs = [], slug } = lessonOf(page);

  it('holds the bytes of every program, its expectation and every recording', () => {
    for (const id of snippets) {
      const folder = join(content, 'snippets', id);
      expect(textOf(page)).toContain(squeeze(readFileSync(join(folder, 'main.mjs'), 'utf8')));
      for (const name of readdirSync(join(folder, 'recorded'))) {
        const output = readFileSync(join(folder, 'recorded', name), 'utf8')
          .split('\n')
          .filter((line) => /^[a-z_]+=|FATAL/.test(line));
        for (const line of output) expect(textOf(page), `${id}, ${name}`).toContain(squeeze(line));
      }
    }
  });

  it('holds the bytes of every lab script, its expectation and a recording', () => {
    for (const id of labs) {
      const folder = join(content, 'labs', id);
      expect(textOf(page), id).toContain(squeeze(readFileSync(join(folder, 'expected.txt'), 'utf8')));
      for (const line of readFileSync(join(folder, 'lab.sh'), 'utf8').split('\n'))
        expect(textOf(page), id).toContain(squeeze(line));
      expect(readdirSync(join(folder, 'recorded')).length).toBeGreaterThan(0);
    }
  });

  it('asks for predictions before their output, which waits closed beside the answer', () => {
    const asked = [...new Set(attribute(page, '.predict input', 'name'))];
    expect(asked.length).toBeGreaterThan(0);
    for (const name of asked) {
      const reasons = texts(page, `predict-answer[data-name="${name}"] > details:not([open]) .predict-reason`);
      expect(attribute(page, `.predict input[name="${name}"]`, 'value'), name).toHaveLength(reasons.length);
      expect(texts(page, `predict-answer[data-name="${name}"] .predict-reason[data-right]`), name).toHaveLength(1);
    }
    const open = 'run-snippet:has(.predict) [data-part="recordings"]:not(details:not([open]))';
    expect(texts(page, open)).toEqual([]);
  });

  it('holds every question, every choice and every reason', () => {
    const quiz = parse(readFileSync(join(content, 'quizzes', `${slug}.yaml`), 'utf8'));
    // Marks of emphasis and code are markup, but code may hold an asterisk: without any, both sides are the same text.
    const plain = (text: string) => squeeze(text.replaceAll(/[`*]/g, ''));
    const shown = plain(textOf(page));
    const sentences = quiz.questions.flatMap(
      (one: {
        question: Record<string, string>;
        choices: { text: Record<string, string>; reason: Record<string, string> }[];
      }) => [
        one.question[page.language],
        ...one.choices.flatMap((choice) => [choice.text[page.language], choice.reason[page.language]]),
      ],
    );
    const lacking = sentences.filter((sentence: string) => !shown.includes(plain(sentence)));
    expect(lacking).toEqual([]);
  });
});

it('serves every lab script as it is in the repository, with its checksum', () => {
  const sums = readFileSync(join(deployed, 'labs/SHA256SUMS'), 'utf8');
  const ids = readdirSync(join(content, 'labs'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(ids.length).toBeGreaterThanOrEqual(5);
  for (const { name } of ids) {
    const script = readFileSync(join(content, 'labs', name, 'lab.sh'));
    expect(readFileSync(join(deployed, 'labs', `${name}.sh`))).toEqual(script);
    expect(sums).toContain(`${createHash('sha256').update(script).digest('hex')}  ${name}.sh`);
  }
});

it.each(pages)('$path shows no raw Markdown', (page) => {
  // Bold next to a Korean particle comes out as asterisks where the Markdown processor does not know Korean.
  const prose = fromHtml(page.html.replaceAll(/<(pre|code|script|style|textarea)\b[\s\S]*?<\/\1>/g, ''));
  expect(toText(prose).match(/.{0,20}\*\*.{0,20}/g) ?? []).toEqual([]);
});

it('has an error page', () => {
  expect(existsSync(join(deployed, '404.html'))).toBe(true);
});
