import type { KnownError } from './find.ts';

/** The part of an entry's file that a search needs. */
interface Entry {
  name: string;
  also: readonly string[];
  find: readonly string[];
  texts: readonly { text: string }[];
  errno?: number | undefined;
  code?: number | undefined;
  codes?: readonly [number, number] | undefined;
  signal?: number | undefined;
}

/** Names that are words for a machine: EMFILE, SIGKILL. A number such as 137 is found by what stands around it. */
const isName = (name: string) => /[A-Za-z]/.test(name);

/** What the search knows of an entry. `Errors.astro` writes it into the page, `find-error.ts` reads it there. */
export function knownError(id: string, { name, also, find, texts, errno, code, codes, signal }: Entry): KnownError {
  return {
    id,
    names: [...name.split(', '), ...also].filter(isName),
    phrases: find,
    texts: texts.map(({ text }) => text),
    errno,
    code,
    codes,
    signal,
  };
}
