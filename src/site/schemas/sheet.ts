import { z } from 'astro/zod';
import { both } from './both.ts';

/** Kept in readers' browsers together with what they wrote: once published, an id may only be changed through `formerly`. */
const id = z.string().regex(/^[a-z][a-z0-9-]*$/);

const common = {
  id,
  label: both,
  /** What to write; without an answer it stands in the Markdown. */
  hint: both,
  /** Ids that this field had: what was written under them belongs to it. */
  formerly: z.array(id).default([]),
};

const field = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('line'), example: both }),
  z.strictObject({ ...common, kind: z.literal('text'), example: both }),
  // In quotes: YAML reads a bare date as something else.
  z.strictObject({ ...common, kind: z.literal('date'), example: z.iso.date() }),
  z.strictObject({
    ...common,
    kind: z.literal('choice'),
    options: z.array(z.strictObject({ id, label: both })).min(2),
    /** Id of an option. */
    example: id,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('table'),
    columns: z
      .array(z.strictObject({ id, label: both }))
      .min(2)
      .max(6),
    /** Rows that can be filled in; empty ones are left out of the Markdown. */
    rows: z.int().min(1).max(8),
    /** Cells by the id of their column. */
    example: z.array(z.record(id, both)).min(1),
  }),
]);

/** `sheets/<id>.yaml`: a sheet that readers fill in and take along as Markdown. The first field is its title. */
export const sheetSchema = z.strictObject({
  title: both,
  /** What it is for, above the form. */
  intro: both,
  /** Whose filled sheet is shown as the example. */
  exampleTitle: both,
  fields: z
    .array(field)
    .min(2)
    .refine(([first]) => first?.kind === 'line', 'the first field is the title, a line')
    .refine((fields) => {
      const ids = fields.flatMap(({ id, formerly }) => [id, ...formerly]);
      return new Set(ids).size === ids.length;
    }, 'no id twice'),
});

export type Sheet = z.infer<typeof sheetSchema>;
