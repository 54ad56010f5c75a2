import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readModules, sidebar } from '../../../src/site/course.ts';
import { descriptionOf, groupedLabs, lessonsWithLab, nodeUse } from '../../../src/site/labs.ts';
import { labGroupSchema, labSchema } from '../../../src/site/schemas/runnables.ts';
import { labIds, labsFolder } from '../../../tools/sync-prelude.ts';

const lesson = (slug: string, number: number, labs: string[]) => ({ slug, number, labs });

describe('lessonsWithLab', () => {
  const modules = [
    { id: 'late', data: { order: 2, lessons: [lesson('c', 9, ['x'])] } },
    { id: 'early', data: { order: 1, lessons: [lesson('a', 1, ['y']), lesson('b', 2, ['y', 'x'])] } },
  ];

  it('finds the lessons of a lab in the order of the course', () => {
    expect(lessonsWithLab(modules, 'x').map(({ page }) => page)).toEqual(['early/b', 'late/c']);
    expect(lessonsWithLab(modules, 'z')).toEqual([]);
  });
});

describe('groupedLabs', () => {
  const group = (id: string, order: number, labs: string[]) => ({ id, data: { order, labs } });

  it('keeps the order of groups and of labs, and leaves out what is not written', () => {
    const groups = [group('later', 2, ['d', 'c']), group('first', 1, ['b', 'planned', 'a']), group('empty', 3, ['e'])];
    const sorted = groupedLabs(groups, [{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    expect(sorted.map((one) => [one.group.id, one.labs.map(({ id }) => id)])).toEqual([
      ['first', ['b', 'a']],
      ['later', ['c']],
    ]);
  });
});

describe('the groups of the catalogue', () => {
  const groups = labGroupSchema.array().parse(parse(readFileSync(join(labsFolder, 'groups.yaml'), 'utf8')));
  const grouped = groups.flatMap(({ labs }) => labs);

  it('hold every lab once, and those of planned lessons', () => {
    const planned = readModules().flatMap(({ lessons }) => lessons.flatMap(({ labs = [] }) => labs));
    expect([...grouped].sort()).toEqual([...new Set([...labIds(), ...planned])].sort());
  });

  it('have an order of their own each', () => {
    expect(new Set(groups.map(({ order }) => order)).size).toBe(groups.length);
  });
});

describe('descriptionOf', () => {
  it('takes whole sentences as long as they fit, without marks', () => {
    expect(descriptionOf('Open `a`, then **b**. See [c](/c/).\nDone.')).toBe('Open a, then b. See c. Done.');
    const long = 'x'.repeat(80);
    expect(descriptionOf(`${long}. ${long}.`)).toBe(`${long}.`);
    expect(descriptionOf('')).toBe('');
  });

  it('ends a sentence that is too long at a word', () => {
    const cut = descriptionOf(`${'word, '.repeat(60)}end.`);
    expect(cut).toMatch(/, word…$/);
    expect(cut.length).toBeLessThanOrEqual(155);
  });
});

describe('nodeUse', () => {
  it.each([
    [['Linux', 'Node 18+'], [], 'needed'],
    [['Linux'], ['prlimit', 'Node 18+'], 'optional'],
    [['Linux'], ['a nodeless thing'], 'none'],
  ] as const)('%j and %j: %s', (needs, optional, use) => {
    expect(nodeUse({ needs, optional })).toBe(use);
  });
});

describe.each(labIds())('the page of %s', (id) => {
  const lab = labSchema.parse(parse(readFileSync(join(labsFolder, id, 'lab.yaml'), 'utf8')));

  it.each(['ko', 'en'] as const)('has a title without marks and a description of fitting length (%s)', (language) => {
    expect(lab.title[language]).not.toMatch(/[`*[\]]/);
    const description = descriptionOf(lab.intro[language]);
    expect(description.length).toBeGreaterThan(20);
    expect(description.length).toBeLessThanOrEqual(155);
  });
});

it('the sidebar leads to the catalogue in both languages', () => {
  const items: unknown[] = sidebar();
  expect(items).toContainEqual({ label: '실습 모음', translations: { en: 'Labs' }, link: '/labs/' });
});
