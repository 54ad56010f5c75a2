import stripAnsi from 'strip-ansi';

/** Longest line that is looked at, in UTF-16 units. What stands after it is cut off, and a mark shows the cut, so a cut line is never taken for a whole one. */
export const longestLine = 4096;

/** Control characters but tab and line feed, and characters without a width; a terminal shows none of them. */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}]/gu;

/**
 * Text as a terminal or an editor gives it, to the text a reader saw: without escape sequences (colours, titles, hyperlinks, bracketed
 * paste), with backspaces applied, CRLF and CR as line feeds, no-break spaces as spaces. Linear in the length of the text.
 */
export function plainText(text: string): string {
  const plain = stripAnsi(text).replace(/\r\n?/g, '\n');
  const typed = plain.includes('\b') ? plain.split('\n').map(rubOut).join('\n') : plain;
  return typed.replace(invisible, '').replaceAll('\u00a0', ' ');
}

/** The lines of a plain text, without spaces at their ends and of bounded length. */
export function linesOf(plain: string): string[] {
  const lines = plain.split('\n');
  for (const [at, line] of lines.entries()) {
    const shown = line.trimEnd();
    lines[at] = shown.length > longestLine ? `${shown.slice(0, longestLine)}…` : shown;
  }
  return lines;
}

/** What is left of a line after its backspaces. */
function rubOut(line: string): string {
  const kept: string[] = [];
  for (const character of line) {
    if (character === '\b') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}

/** Whether a text is a file that holds no text: more than one character in twenty is a control character or was no character at all. */
export function isBinary(text: string): boolean {
  let odd = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 27 && code !== 8)) odd++;
  }
  return odd * 20 > text.length;
}
