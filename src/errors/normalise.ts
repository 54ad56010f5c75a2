import stripAnsi from 'strip-ansi';

/** What stays the same when two people paste the same message. Pure: no page, no system. */

/** How much of a pasted text is looked at. */
export const longestPaste = 20_000;

const quotes = /[‘’‚‛`´]/g;
const doubleQuotes = /[“”„]/g;

/** Small letters, plain quotes, one space between words, no colours. Numbers and paths stay. */
export function plain(text: string): string {
  return stripAnsi(text.slice(0, longestPaste))
    .replace(quotes, "'")
    .replace(doubleQuotes, '"')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

/** A number, decimal or hexadecimal, becomes #; a path or what stands in quotes becomes …. */
export function shape(text: string): string {
  return plain(text)
    .replace(/'[^']*'|"[^"]*"/g, '…')
    .replace(/(?:[a-z]+:\/\/[^\s,;()]+)|(?:(?<![\w.])\.{0,2}\/[^\s:,;()]+)/g, '…')
    .replace(/\b(?:0x[0-9a-f]+|\d+(?:\.\d+)*)/g, '#');
}
