/** Finds lessons in the outline of the course. Pure: what it needs is passed in. */

interface OutlineLesson {
  slug: string;
  minutes: number;
}

interface OutlineModule<L extends OutlineLesson> {
  id: string;
  data: { order: number; lessons: readonly L[] };
}

/** The modules in the order of the course. */
export function inOrder<M extends { data: { order: number } }>(modules: readonly M[]): M[] {
  return [...modules].sort((one, other) => one.data.order - other.data.order);
}

/** The page of a lesson without its language, such as "en/cpu/works-on-my-machine" to "cpu/works-on-my-machine". */
export function withoutLanguage(id: string): string {
  return id.replace(/^en(?:\/|$)/, '');
}

/** The lesson that a page id such as "en/troubleshooting/lab-ulimit" belongs to, undefined for every other page. */
export function lessonOfPage<L extends OutlineLesson, M extends OutlineModule<L>>(
  modules: readonly (M & OutlineModule<L>)[],
  id: string,
): { module: M; lesson: L } | undefined {
  const [folder, slug, ...rest] = withoutLanguage(id).split('/');
  if (rest.length > 0) return undefined;
  const module = modules.find((one) => one.id === folder);
  const lesson = module?.data.lessons.find((one) => one.slug === slug);
  return module && lesson && { module, lesson };
}

/** The lesson of a slug, wherever it stands. Slugs are unique in the course. */
export function lessonOfSlug<L extends OutlineLesson, M extends OutlineModule<L>>(
  modules: readonly (M & OutlineModule<L>)[],
  slug: string,
): { module: M; lesson: L } | undefined {
  for (const module of modules) {
    const lesson = module.data.lessons.find((one) => one.slug === slug);
    if (lesson) return { module, lesson };
  }
  return undefined;
}

/** Sum of the minutes of some lessons. */
export function minutesOf(lessons: readonly OutlineLesson[]): number {
  return lessons.reduce((sum, { minutes }) => sum + minutes, 0);
}
