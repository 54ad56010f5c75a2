/** The pages of labs: which lesson shows a lab, how the catalogue sorts labs, and what a page says of itself. Pure: what it needs is passed in. */

interface OutlineLesson {
  slug: string;
  number: number;
  labs: readonly string[];
}

interface OutlineModule<L extends OutlineLesson> {
  id: string;
  data: { order: number; lessons: readonly L[] };
}

/** The lessons that show a lab, in the order of the course, each with the id of its page. */
export function lessonsWithLab<L extends OutlineLesson>(
  modules: readonly OutlineModule<L>[],
  lab: string,
): { page: string; lesson: L }[] {
  return modules
    .flatMap(({ id, data }) => data.lessons.map((lesson) => ({ page: `${id}/${lesson.slug}`, lesson })))
    .filter(({ lesson }) => lesson.labs.includes(lab))
    .sort((one, other) => one.lesson.number - other.lesson.number);
}

interface LabGroup {
  id: string;
  data: { order: number; labs: readonly string[] };
}

/**
 * The groups of the catalogue in their order, each with those of its labs that are there; groups without one are left out. A lab that is
 * in no group would be missing, which a test notices.
 */
export function groupedLabs<G extends LabGroup, Entry extends { id: string }>(
  groups: readonly G[],
  labs: readonly Entry[],
): { group: G; labs: Entry[] }[] {
  const byId = new Map(labs.map((lab) => [lab.id, lab]));
  return [...groups]
    .sort((one, other) => one.data.order - other.data.order)
    .map((group) => ({ group, labs: group.data.labs.flatMap((id) => byId.get(id) ?? []) }))
    .filter((one) => one.labs.length > 0);
}

/** What a search engine shows of a description; more is cut off in the middle of a word. */
const longestDescription = 155;

/** As many whole sentences of a text as fit into a page's description, without the marks of Markdown. A first one that is too long ends early, at a word. */
export function descriptionOf(text: string): string {
  const plain = text
    .replaceAll(/[`*]/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  let description = '';
  for (const sentence of plain.split(/(?<=[.?!]) /)) {
    const longer = description ? `${description} ${sentence}` : sentence;
    if (longer.length > longestDescription) break;
    description = longer;
  }
  if (description || plain === '') return description;
  return `${plain.slice(0, longestDescription - 1).replace(/[\s,;:]*\S*$/, '')}…`;
}

/** Whether the steps of a lab use Node: it is asked for, would add steps, or is not used at all. */
export function nodeUse(lab: {
  needs: readonly string[];
  optional: readonly string[];
}): 'needed' | 'optional' | 'none' {
  const names = (list: readonly string[]) => list.some((one) => /^node\b/i.test(one));
  if (names(lab.needs)) return 'needed';
  return names(lab.optional) ? 'optional' : 'none';
}
