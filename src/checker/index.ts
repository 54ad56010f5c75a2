// The checker: what `expected.txt` says, whether an output fits, and what to tell the reader. See README.md in this folder.
import { type Alignment, align } from './align.ts';
import type { Expectation } from './expectation.ts';
import { linesOf, plainText } from './normalise.ts';
import { readFacts } from './output.ts';

export type { Alignment } from './align.ts';
export { type Expectation, type ExpectationError, type Item, parseExpectation } from './expectation.ts';
export { judge, longestPaste } from './judge.ts';
export { lintLimitsConf } from './limits-conf.ts';
export * from './limits-conf-codes.ts';
export * from './types.ts';

/** Compares any lines, such as the runs of a snippet, with an expectation. Empty lines do not count on either side. */
export function matchText(expectation: Expectation, lines: readonly string[]): Alignment {
  const solid = lines.filter((line) => line !== '');
  return align(expectation, solid, { facts: readFacts(solid) });
}

/** `matchText` for a text as a program printed it. Throws where the expectation itself has mistakes: a run must not pass by them. */
export function matchExpectation(expectation: Expectation, text: string): Alignment {
  const [error] = expectation.errors;
  if (error) throw new Error(`expected.txt, line ${error.line}: ${error.message}`);
  return matchText(expectation, linesOf(plainText(text)));
}
