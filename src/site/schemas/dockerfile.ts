import { z } from 'astro/zod';
import { both } from './both.ts';

/** `dockerfiles/<id>/dockerfile.yaml`, beside `Dockerfile` and, where there is one, `.dockerignore`. */
export const dockerfileSchema = z.strictObject({
  title: both,
  /** Rules of tests/content/dockerfile-rules.ts that it breaks on purpose: all of them, in the order of the rules. */
  breaks: z.array(z.string()).default([]),
  /** Numbered call-outs: on the first line of the Dockerfile that contains `at`. */
  notes: z.array(z.strictObject({ at: z.string().min(1), text: both })).min(1),
});
