import { z } from 'astro/zod';
import { both, source } from './both.ts';

/** The parts of the page of errors, in its order. */
export const errorGroups = [
  'files',
  'processes',
  'memory',
  'disk',
  'network',
  'permissions',
  'start',
  'codes',
  'signals',
] as const;

const slug = z.string().regex(/^[a-z0-9-]+$/);

/** What somebody prints, letter by letter. It was recorded here, or an address shows it. */
const errorText = z
  .strictObject({
    text: z.string().min(1),
    /** The program that prints it. */
    by: z.string().min(1),
    /** `errors/debian-12`, `labs/emfile/debian-12-user`: the file `<name>.txt` of the folder `recorded` there. */
    recorded: z
      .string()
      .regex(/^(?:errors|(?:labs|snippets)\/[a-z0-9-]+)\/[a-z0-9-]+$/)
      .optional(),
    url: z.url().optional(),
  })
  .refine(({ recorded, url }) => (recorded === undefined) !== (url === undefined), 'either recorded or url');

/** `errors/<id>.yaml`: a message, an exit code or a signal. The id is its anchor, so it is final. */
export const errorSchema = z.strictObject({
  group: z.enum(errorGroups),
  /** Its place in the group. */
  order: z.int().min(1),
  /** As people call it: EMFILE, 137, SIGKILL. */
  name: z.string().min(1),
  /** The gist in a line. */
  title: both,
  /** Numbers by which logs name it. */
  errno: z.int().positive().optional(),
  code: z.int().min(0).max(255).optional(),
  /** The first and last exit code that it stands for where a code has no entry of its own. */
  codes: z.tuple([z.int(), z.int()]).optional(),
  signal: z.int().positive().optional(),
  /** Whether the signal ends a program that does nothing about it. */
  ends: z.boolean().default(true),
  /** Other names. */
  also: z.array(z.string()).default([]),
  /** Parts of a message that are enough to know it, in small letters. */
  find: z.array(z.string().regex(/^[^A-Z]+$/)).default([]),
  texts: z.array(errorText),
  meaning: both,
  /** Whose limit it is; of a code or a signal, who is behind it. */
  whose: both,
  /** One command, and what to look for in what it prints. */
  proof: z.strictObject({ run: z.string().min(1), look: both }),
  /** One step that does no harm. */
  first: both,
  /** The lessons that explain it, the best one first. They may be planned only: the page links to written ones. */
  lessons: z.array(slug).min(1),
  labs: z.array(slug).default([]),
  related: z.array(slug).default([]),
  sources: z.array(source).default([]),
});

export type ErrorEntry = z.infer<typeof errorSchema>;
