const counts = Symbol('page-id');

/** An id that no other component on the page has: "story-1", "story-2". Counted rather than random, so that a build repeats itself. */
export function pageId(locals: object, kind: string): string {
  const page = locals as { [counts]?: Record<string, number> };
  page[counts] ??= {};
  const count = (page[counts][kind] ?? 0) + 1;
  page[counts][kind] = count;
  return `${kind}-${count}`;
}
