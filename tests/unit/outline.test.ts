import { expect, test } from 'vitest';
import { readModules } from '../../src/site/course.ts';
import { inOrder, lessonOfPage, lessonOfSlug, minutesOf, withoutLanguage } from '../../src/site/outline.ts';

const modules = readModules().map(({ id, ...data }) => ({ id, data }));

test('the course has 9 modules and 43 lessons, numbered in order, with slugs that occur once', () => {
  const ordered = inOrder([...modules].reverse());
  expect(ordered.map(({ data }) => data.order)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const lessons = ordered.flatMap(({ data }) => data.lessons);
  expect(lessons.map(({ number }) => number)).toEqual(Array.from({ length: 43 }, (_, at) => at + 1));
  expect(new Set(lessons.map(({ slug }) => slug)).size).toBe(43);
});

test('every prerequisite is a lesson', () => {
  for (const { data } of modules)
    for (const { slug, prerequisites } of data.lessons)
      for (const needed of prerequisites)
        expect(lessonOfSlug(modules, needed), `${slug} asks for ${needed}`).toBeDefined();
});

test.each([
  ['troubleshooting/lab-ulimit', 17],
  ['en/troubleshooting/lab-ulimit', 17],
])('%s is lesson %i', (id, number) => {
  const found = lessonOfPage(modules, id);
  expect(found?.lesson.number).toBe(number);
  expect(found?.module.id).toBe('troubleshooting');
});

test.each(['', 'en', '404', 'cpu', 'cpu/lab-ulimit', 'troubleshooting/lab-ulimit/notes', 'glossary'])(
  '"%s" is no lesson',
  (id) => {
    expect(lessonOfPage(modules, id)).toBeUndefined();
  },
);

test.each([
  ['en', ''],
  ['en/cpu/x', 'cpu/x'],
  ['cpu/x', 'cpu/x'],
  ['', ''],
  ['english/x', 'english/x'],
])('the page "%s" without its language is "%s"', (id, page) => {
  expect(withoutLanguage(id)).toBe(page);
});

test('minutes add up', () => {
  expect(minutesOf([])).toBe(0);
  expect(minutesOf(modules.find(({ id }) => id === 'troubleshooting')?.data.lessons ?? [])).toBe(270);
});
