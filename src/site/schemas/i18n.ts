import { z } from 'astro/zod';
import korean from '../../content/i18n/ko.json' with { type: 'json' };

/**
 * Our own keys of `src/content/i18n/{ko,en}.json`, beside Starlight's. The Korean file is the list of keys, so `Astro.locals.t` knows
 * each by name; the build fails where a language lacks one, and a test compares the placeholders of the two.
 */
export type UiKey = keyof typeof korean;

export const uiStrings = z.object(
  Object.fromEntries(Object.keys(korean).map((key) => [key, z.string().min(1)])) as Record<UiKey, z.ZodString>,
);
