import { z } from 'astro/zod';

/** A sentence in both languages; neither may be empty. */
export const both = z.strictObject({ ko: z.string().min(1), en: z.string().min(1) });

/** A source: the page, its address, and what of it was used. */
export const source = z.strictObject({ title: z.string().min(1), url: z.url() });
