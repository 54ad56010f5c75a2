import { z } from 'astro/zod';
import { sectionKeys } from '../lesson-sections.ts';
import { both } from './both.ts';

/** Where in a lesson: one of its nine sections, or the text of a heading in both languages. */
const place = z.strictObject({ slug: z.string(), at: z.union([z.enum(sectionKeys), both]) });

/** A line number, or a range such as "21-29". */
const lines = z
  .union([z.int(), z.string().regex(/^\d+-\d+$/)])
  .transform(String)
  .array()
  .min(1);

const topic = z
  .strictObject({
    /** Lines of the lecture's text that say it. */
    lines,
    /** What the lecture had, in our own few words. */
    key: both,
    lessons: z.array(place).default([]),
    /** Whole modules, for a line that announces one. */
    modules: z.array(z.string()).default([]),
    /** A page that is no lesson. */
    page: z.enum(['credits']).optional(),
    /** What holds differently today: ids of `corrections/*.yaml`. */
    corrections: z.array(z.string()).default([]),
  })
  .refine(({ lessons, modules, page }) => lessons.length + modules.length > 0 || page, 'leads nowhere');

/** `lecture/<part>.yaml`: a part of the lecture, and where the course treats it. */
export const lecturePartSchema = z.strictObject({ order: z.int().min(1), title: both, topics: z.array(topic).min(1) });

export type LecturePart = z.infer<typeof lecturePartSchema>;
