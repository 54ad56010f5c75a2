/** Pieces of SVG markup in the grammar of the figures (classes `f-…`, styled in Figure.astro). Numbers are units of the view box. */

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as it may stand in markup, between tags or in an attribute. */
export function escapeMarkup(words: string): string {
  return words.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

/** The frame of a drawing: 296 wide, as on a phone. It is hidden from assistive technology, which gets the sentences. */
export function drawing(height: number, ...parts: readonly string[]): string {
  return `<svg viewBox="0 0 296 ${height}" aria-hidden="true">${parts.join('')}</svg>`;
}

/** A text with its baseline at `y`. */
export function text(x: number, y: number, kinds: string, words: string): string {
  return `<text class="${kinds}" x="${x}" y="${y}">${escapeMarkup(words)}</text>`;
}

/** A rounded box: a process. */
export function processBox(x: number, y: number, width: number, height: number): string {
  return `<rect class="f-process" x="${x}" y="${y}" width="${width}" height="${height}" rx="12"/>`;
}

/** A square box: an object of the kernel. */
export function kernelBox(x: number, y: number, width: number, height: number): string {
  return `<rect class="f-kernel" x="${x}" y="${y}" width="${width}" height="${height}"/>`;
}

/** A ticket, notched at both sides: a file descriptor. Its outline has the colour of `kinds`. */
export function ticket(x: number, y: number, width: number, kinds: string): string {
  const path = `M${x} ${y}h${width}v6a4 4 0 0 0 0 8v6h-${width}v-6a4 4 0 0 0 0 -8z`;
  return `<path class="f-ticket ${kinds}" d="${path}"/>`;
}

/** Height of a ticket. */
export const ticketHeight = 20;

/** A line along `path`, such as "M0 0H10"; `f-limit` makes it a limit. */
export function line(kinds: string, path: string): string {
  return `<path class="${kinds}" d="${path}"/>`;
}
