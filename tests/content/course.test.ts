/** The course as a whole: modules, numbers, prerequisites, and the runnables that the pages show. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWritten, readModules } from '../../src/site/course.ts';

const modules = readModules();
const lessons = modules.flatMap((module) => module.lessons.map((lesson) => ({ ...lesson, module: module.id })));
const bySlug = new Map(lessons.map((lesson) => [lesson.slug, lesson]));

it('has nine modules and 43 lessons, numbered without a gap', () => {
  expect(modules.map(({ order }) => order)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(lessons.map(({ number }) => number)).toEqual(Array.from({ length: 43 }, (_, at) => at + 1));
  expect(bySlug.size).toBe(43);
});

it.each(lessons)('$slug builds on earlier lessons only', ({ number, prerequisites }) => {
  for (const slug of prerequisites) expect(bySlug.get(slug)?.number, slug).toBeLessThan(number);
});

const written = lessons.filter(({ module, slug }) => isWritten(module, slug));

it('has written lessons', () => {
  expect(written.length).toBeGreaterThanOrEqual(3);
});

describe.each(written)('$module/$slug', ({ module, slug, snippets = [], labs = [] }) => {
  it.each(['', 'en'])('has a page under "%s/" that shows the runnables of the module file, in order', (folder) => {
    const page = readFileSync(join('src/content/docs', folder, module, `${slug}.mdx`), 'utf8');
    const shown = (component: string) =>
      [...page.matchAll(new RegExp(`<${component} id="([^"]+)"`, 'g'))].map(([, id]) => id);
    expect(shown('Snippet')).toEqual(snippets);
    expect(shown('Lab')).toEqual(labs);
  });

  it('names runnables that exist', () => {
    for (const id of snippets) expect(existsSync(join('src/content/snippets', id, 'snippet.yaml')), id).toBe(true);
    for (const id of labs) expect(existsSync(join('src/content/labs', id, 'lab.yaml')), id).toBe(true);
  });
});

const folders = (kind: string) =>
  readdirSync(join('src/content', kind), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

it('leaves no snippet without a written lesson', () => {
  const shown = new Set(written.flatMap(({ snippets = [] }) => snippets));
  expect(folders('snippets').filter((id) => !shown.has(id))).toEqual([]);
});

// A lab has a page of its own, so it may be there before its lesson is.
it('leaves no lab without a lesson', () => {
  const planned = new Set(lessons.flatMap(({ labs = [] }) => labs));
  expect(folders('labs').filter((id) => !planned.has(id))).toEqual([]);
});
