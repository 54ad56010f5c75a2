import { z } from 'astro/zod';
import { both } from './schemas/both.ts';

const condition = z.strictObject({
  mine: z.string().optional(),
  theirs: z.string().optional(),
  than: z.enum(['lower', 'higher']).optional(),
  where: z.record(z.string(), z.string()).optional(),
});

const labs = z.array(z.string().regex(/^[a-z0-9-]+$/)).default([]);

/** One fact of `probe.sh`: an entry of `probe/facts.yaml`, which says what the fields mean. */
export const probeFactSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** The step of the script that prints it. */
  group: z.enum(['system', 'user', 'limits', 'control-group', 'machine', 'node', 'tools']),
  kind: z.enum(['text', 'number', 'limit', 'bytes', 'mb', 'version']),
  weight: z.int().min(0).max(3),
  name: both,
  meaning: both,
  changes: both,
  labs,
  rules: z
    .array(z.strictObject({ when: condition, why: both, labs }))
    .min(1)
    .refine((rules) => Object.keys(rules.at(-1)?.when ?? { mine: '' }).length === 0, 'the last rule has no condition'),
});

export type ProbeFact = z.infer<typeof probeFactSchema>;
