import { z } from 'astro/zod';
import { both } from './both.ts';

/** A question with its choices. Each choice says why it is right or wrong: the reader who erred learns most from it. */
const choice = z.strictObject({ text: both, right: z.boolean(), reason: both });

const oneRight = (choices: readonly { right: boolean }[]) => choices.filter(({ right }) => right).length === 1;

/** `min` to `max` choices, of which exactly one is right. */
export const choices = (min: number, max = Number.POSITIVE_INFINITY) =>
  z.array(choice).min(min).max(max).refine(oneRight, 'exactly one choice is right');
