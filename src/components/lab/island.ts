/** What all labs of a page share, as JSON beside the first of them. */
export interface PageIsland {
  /** The own page of each lab: its id to an address. */
  places: Record<string, string>;
}

/** The id of the page's shared JSON. */
export const pageIslandId = 'labs-of-the-course';

/** An expectation for an inline `<script type="text/plain">`. Throws where it could end the element. */
export function islandText(text: string): string {
  if (/<\/script|<!--/i.test(text)) throw new Error('An expectation with "</script" or "<!--" cannot stand in a page.');
  return text;
}

/** JSON for an inline `<script type="application/json">`: no "<" that could end the element or open a comment. */
export function islandJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
