/** Reads the course's structure from `src/content/modules/*.yaml`, for astro.config.mjs and the tools, where no collection is there yet. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import english from '../content/i18n/en.json' with { type: 'json' };
import korean from '../content/i18n/ko.json' with { type: 'json' };
import type { Both } from './locales.ts';

export interface Lesson {
  slug: string;
  number: number;
  title: Both;
  tier: 'P0' | 'P1' | 'P2';
  minutes: number;
  prerequisites: string[];
  snippets?: string[];
  labs?: string[];
}

export interface Module {
  id: string;
  order: number;
  title: Both;
  question: Both;
  lessons: Lesson[];
}

/** All modules in the order of the course. `root` is the folder of the repository. */
export function readModules(root = process.cwd()): Module[] {
  const folder = join(root, 'src/content/modules');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ id: name.replace(/\.yaml$/, ''), ...parse(readFileSync(join(folder, name), 'utf8')) }) as Module)
    .sort((a, b) => a.order - b.order);
}

/** Whether a lesson is written, that is, has its Korean page. */
export function isWritten(module: string, slug: string, root = process.cwd()): boolean {
  return existsSync(join(root, 'src/content/docs', module, `${slug}.mdx`));
}

/** Starlight's sidebar: a group for each module that has a written lesson, then the catalogue of labs and the pages about the whole. */
export function sidebar(modules = readModules()) {
  const groups = modules
    .map((module) => ({
      label: module.title.ko,
      translations: { en: module.title.en },
      items: module.lessons
        .filter(({ slug }) => isWritten(module.id, slug))
        .map(({ slug, title }) => ({ slug: `${module.id}/${slug}`, label: title.ko, translations: { en: title.en } })),
    }))
    .filter(({ items }) => items.length > 0);
  const labs = { label: korean['labs.title'], translations: { en: english['labs.title'] }, link: '/labs/' };
  // The labels of these are the titles of their pages, in each language.
  return [...groups, 'errors', labs, 'my-machine', 'glossary', 'lecture-map'];
}
