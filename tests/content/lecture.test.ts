/** Every line of the lecture has a place in the course. The lecture's text is not here, only the numbers of its lines. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isWritten, readModules } from '../../src/site/course.ts';
import { headingOf, lineNumbers, sameHeading } from '../../src/site/lecture.ts';
import { type LecturePart, lecturePartSchema } from '../../src/site/schemas/lecture.ts';

const folder = 'src/content/lecture';
const docs = 'src/content/docs';
const parts: LecturePart[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => lecturePartSchema.parse(parse(readFileSync(`${folder}/${name}`, 'utf8'))))
  .sort((a, b) => a.order - b.order);
const topics = parts.flatMap((part) => part.topics);
const text: { sha256: string; lines: string[] } = JSON.parse(readFileSync(`${folder}/text.json`, 'utf8'));

const modules = readModules();
const moduleOf = new Map(modules.flatMap(({ id, lessons }) => lessons.map(({ slug }) => [slug, id])));
const corrections = new Map(
  readdirSync('src/content/corrections').map((name) => [
    name.replace(/\.yaml$/, ''),
    parse(readFileSync(`src/content/corrections/${name}`, 'utf8')).lessons as string[],
  ]),
);

it('has every line of the lecture, each in one topic', () => {
  const wanted = lineNumbers(text.lines);
  expect(wanted).toHaveLength(198);
  const mapped = topics.flatMap(({ lines }) => lineNumbers(lines));
  expect(mapped.filter((line, at) => mapped.indexOf(line) !== at)).toEqual([]);
  expect(mapped.toSorted((a, b) => a - b)).toEqual(wanted);
});

it('follows the order of the lecture from part to part', () => {
  expect(parts.map(({ order }) => order)).toEqual(parts.map((_, at) => at + 1));
  const ends = parts.map((part) => lineNumbers(part.topics.flatMap(({ lines }) => lines)));
  for (const [at, lines] of ends.entries()) {
    const before = at > 0 ? Math.max(...(ends[at - 1] ?? [])) : 0;
    expect(Math.min(...lines)).toBeGreaterThan(before);
  }
});

it('leads to lessons, modules and corrections that there are', () => {
  const known = new Set(modules.map(({ id }) => id));
  expect(topics.flatMap((topic) => topic.modules).filter((id) => !known.has(id))).toEqual([]);
  expect(topics.flatMap(({ lessons }) => lessons).filter(({ slug }) => !moduleOf.has(slug))).toEqual([]);
  expect(topics.flatMap((topic) => topic.corrections).filter((id) => !corrections.has(id))).toEqual([]);
});

it('reaches every lesson of the course', () => {
  const direct = topics.flatMap(({ lessons }) => lessons.map(({ slug }) => slug));
  const announced = topics.flatMap((topic) => topic.modules);
  const reached = new Set([
    ...direct,
    ...modules.filter(({ id }) => announced.includes(id)).flatMap(({ lessons }) => lessons.map(({ slug }) => slug)),
  ]);
  expect([...moduleOf.keys()].filter((slug) => !reached.has(slug))).toEqual([]);
});

it('names every correction with a line of the lecture, through a lesson that shows it', () => {
  // The lecture says nothing about limits in containers: C40 has no line.
  const named = new Set(topics.flatMap((topic) => topic.corrections));
  expect([...corrections.keys()].filter((id) => !named.has(id))).toEqual(['C40']);
  for (const { key, lessons, corrections: ids } of topics)
    for (const id of ids)
      expect(
        lessons.some(({ slug }) => corrections.get(id)?.includes(slug)),
        `${key.en}: ${id}`,
      ).toBe(true);
});

const places = topics
  .flatMap(({ lessons }) => lessons)
  .map(({ slug, at }) => ({ page: `${moduleOf.get(slug)}/${slug}`, slug, heading: headingOf(at) }))
  .filter(({ slug }) => isWritten(moduleOf.get(slug) ?? '', slug));

describe('in written lessons', () => {
  it('there are places', () => {
    expect(places.length).toBeGreaterThanOrEqual(10);
  });

  it.each(places)('$page has "$heading.en"', ({ page, heading }) => {
    for (const [language, path] of [
      ['ko', `${docs}/${page}.mdx`],
      ['en', `${docs}/en/${page}.mdx`],
    ] as const) {
      const headings = [...readFileSync(path, 'utf8').matchAll(/^#{2,3} (.+)$/gm)].map(([, title]) => title ?? '');
      expect(
        headings.some((one) => sameHeading(one, heading[language])),
        `${path}: ${heading[language]}`,
      ).toBe(true);
    }
  });
});

it('says in few words of our own what the lecture had', () => {
  for (const { key } of topics) {
    expect([...key.ko].length, key.ko).toBeLessThanOrEqual(50);
    expect(key.en.split(/\s+/).length, key.en).toBeLessThanOrEqual(16);
  }
});
