import { z } from 'astro/zod';
import { source } from './both.ts';

/** What a lesson's front matter has beyond Starlight's. Facts that do not depend on the language stand in `modules/*.yaml`. */
export const docsFields = z.object({
  /** What the reader can do afterwards; shown under the title. */
  objectives: z.array(z.string()).optional(),
  /** The day on which the lesson's claims were last checked (ISO date). */
  updated: z
    // YAML reads an unquoted date as one.
    .union([z.iso.date(), z.date().transform((day) => day.toISOString().slice(0, 10))])
    .optional(),
  sources: z.array(source).optional(),
  /** Ids of `corrections/*.yaml`: what changed since the lecture. */
  corrections: z.array(z.string()).optional(),
});
