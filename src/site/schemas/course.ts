import { z } from 'astro/zod';
import { both, source } from './both.ts';
import { choices } from './choices.ts';

const lesson = z.strictObject({
  /** Final: it is the address in both languages. */
  slug: z.string().regex(/^[a-z0-9-]+$/),
  number: z.int().min(1),
  title: both,
  /** P0: highest value, P1: core, P2: extension. */
  tier: z.enum(['P0', 'P1', 'P2']),
  minutes: z.int().positive(),
  prerequisites: z.array(z.string()),
  /** Ids of the runnables that the lesson's pages show, in order; the same in both languages. */
  snippets: z.array(z.string()).default([]),
  labs: z.array(z.string()).default([]),
});

/** A module: its place in the course, and its lessons in order. */
export const moduleSchema = z.strictObject({
  order: z.int().min(1),
  title: both,
  question: both,
  lessons: z.array(lesson),
});

const slug = z.string().regex(/^[a-z0-9-]+$/);

/** `corrections/<id>.yaml`: what the lecture says, what holds today, and why we say so. */
export const correctionSchema = z.strictObject({
  /** The lessons that must show it once they are written; others may. */
  lessons: z.array(slug).min(1),
  said: both,
  now: both,
  sources: z.array(source).min(1),
});

/** An entry of `glossary/<module>.yaml`. */
export const termSchema = z.strictObject({
  /** The English term in kebab-case: it is the anchor. */
  id: slug,
  term: both,
  /** One or two sentences, in our own words. */
  meaning: both,
  /** The lesson that explains it. It may be planned only: the page links to written ones. */
  lesson: slug,
});

/** Questions of one lesson; the file's name is the lesson's slug. Every choice has its reason. */
export const quizSchema = z.strictObject({
  questions: z
    .array(z.strictObject({ id: z.string().regex(/^[a-z0-9-]+$/), question: both, choices: choices(2) }))
    .min(1),
  /** Without a single right answer: to think or talk about. */
  open: both,
});

/** `figures/<id>.yaml`, the words of a figure; the drawing is `src/components/figures/<Name>.astro` or, in steps, `src/figures/<id>.ts`. */
export const figureSchema = z.strictObject({
  title: both,
  /** Short name for assistive technology, at most 120 characters. */
  alt: z.strictObject({ ko: z.string().max(120), en: z.string().max(120) }),
  /** What to notice. */
  caption: both,
  /** The same facts in sentences: with these the lesson is complete without the drawing. */
  words: z.array(both).default([]),
  /** Of a figure that the reader steps through (`src/figures/<id>.ts`): a sentence for each state, in place of `words`. */
  steps: z.array(both).default([]),
  /** Words inside the drawing. */
  labels: z.record(z.string(), both).default({}),
});
