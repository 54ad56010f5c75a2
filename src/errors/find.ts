/** Which entries of the page of errors a pasted text is about. Pure: no page, no system. */
import { plain, shape } from './normalise.ts';

/** What is known of an entry, from its file or from the page. */
export interface KnownError {
  id: string;
  /** EMFILE, SIGKILL: found as whole words. */
  names: readonly string[];
  /** Parts that are enough, in small letters. */
  phrases: readonly string[];
  /** Whole messages as printed. */
  texts: readonly string[];
  errno?: number | undefined;
  code?: number | undefined;
  /** The codes that it stands for where a code has no entry of its own. */
  codes?: readonly [number, number] | undefined;
  signal?: number | undefined;
  /** All that the page says of it, for a search by a few letters. */
  words?: string | undefined;
}

interface Hit {
  id: string;
  /** From where to where in the text in which it was found. */
  from: number;
  to: number;
  in: 'plain' | 'shape';
}

/** The longest text that counts as typed rather than pasted. */
const longestWord = 40;

const exitCode =
  /(?:exit(?:ed|s)?(?: with)?(?: (?:code|status))?|(?:exit|error|status)_?code|return(?:ed|s)?(?: a non-zero code)?|code=exited, status|status|\$\?|\bcode|make[^\n]*\berror)["']?[\s:=(]*(\d{1,3})(?!\d|\.\d)/g;
/** npm calls the exit code of a script so. */
const codeAsErrno = /errno["']?[\s:=]+(12[4-9]|1[3-9]\d|255)\b/g;
const signalNumber = /(?:signal["']?[\s:=(]*|code=(?:killed|dumped), status=)(\d{1,2})\b/g;
const errnoNumber = /(?:errno["']?[\s:=]*-?|error=|system error -)(\d{1,3})\b|\((\d{1,3}): [a-z]/g;
/** A word by itself is a message only as a line of its own, or where bash reports a job: "line 1: 4711 Killed  ./job". */
const alone = /^(?:\S*: )?(?:line # ?: )?(?:\[#\]\S*)? ?(?:# )?([a-z]+)(?: |$|\()/;

const wordBefore = /[a-z0-9_]$/;
const wordAfter = /^[a-z0-9_]/;

/** Every place where a needle stands alone, not as a part of a longer word. */
function places(text: string, needle: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  if (needle === '') return found;
  for (let from = text.indexOf(needle); from >= 0; from = text.indexOf(needle, from + 1)) {
    const to = from + needle.length;
    const glued =
      (wordAfter.test(needle) && wordBefore.test(text.slice(Math.max(0, from - 1), from))) ||
      (wordBefore.test(needle) && wordAfter.test(text.slice(to, to + 1)));
    if (!glued) found.push({ from, to });
  }
  return found;
}

const numbersIn = (text: string, pattern: RegExp): Set<number> =>
  new Set([...text.matchAll(pattern)].flatMap(([, one, other]) => ((one ?? other) ? [Number(one ?? other)] : [])));

interface Pasted {
  plain: string;
  shape: string;
  /** The words that stand alone. */
  alone: ReadonlySet<string>;
}

const isWord = (text: string) => /^[a-z]+$/i.test(text);

function hitsOf({ id, names, phrases, texts }: KnownError, pasted: Pasted): Hit[] {
  const needles = [...names, ...phrases];
  return [
    ...needles.flatMap((needle) =>
      places(pasted.plain, plain(needle)).map((place): Hit => ({ id, ...place, in: 'plain' })),
    ),
    ...[...needles, ...texts.filter((text) => !isWord(text))].flatMap((needle) =>
      places(pasted.shape, shape(needle)).map((place): Hit => ({ id, ...place, in: 'shape' })),
    ),
    ...texts
      .filter((text) => isWord(text) && pasted.alone.has(plain(text)))
      .map((text): Hit => ({ id, from: -text.length, to: 0, in: 'shape' })),
  ];
}

function read(text: string): Pasted {
  const lines = text.split('\n').map(shape);
  return {
    plain: plain(text),
    shape: shape(text),
    alone: new Set(lines.flatMap((line) => alone.exec(line)?.[1] ?? [])),
  };
}

/** Leaves out what lies inside a longer find of another entry: "too many open files" inside "too many open files in system". */
function outermost(hits: readonly Hit[]): Hit[] {
  const inside = (one: Hit, other: Hit) =>
    one.in === other.in &&
    one.id !== other.id &&
    other.from <= one.from &&
    one.to <= other.to &&
    other.to - other.from > one.to - one.from;
  return hits.filter((one) => !hits.some((other) => inside(one, other)));
}

/** The entries that a number in the text names, such as "exit code 137" or "signal 9". */
function byNumber(known: readonly KnownError[], pasted: string): string[] {
  const only = /^\D{0,2}(\d{1,3})$/.exec(pasted)?.[1];
  const codes = new Set([...numbersIn(pasted, exitCode), ...numbersIn(pasted, codeAsErrno)]);
  if (only !== undefined) codes.add(Number(only));
  const signals = numbersIn(pasted, signalNumber);
  const errnos = numbersIn(pasted, errnoNumber);
  const own = new Set(known.flatMap(({ code }) => code ?? []));
  const stray = [...codes].filter((code) => !own.has(code));
  return known
    .filter(
      ({ code, codes: range, signal, errno }) =>
        (code !== undefined && codes.has(code)) ||
        (range !== undefined && stray.some((one) => range[0] <= one && one <= range[1])) ||
        (signal !== undefined && signals.has(signal)) ||
        (errno !== undefined && errnos.has(errno)),
    )
    .map(({ id }) => id);
}

/** Ids of the entries that fit, the best first; empty where nothing is known. */
export function findErrors(text: string, known: readonly KnownError[]): string[] {
  const paste = read(text);
  const pasted = paste.plain;
  if (pasted === '') return [];
  const longest = new Map<string, number>();
  for (const { id, from, to } of outermost(known.flatMap((one) => hitsOf(one, paste))))
    longest.set(id, Math.max(longest.get(id) ?? 0, to - from));
  for (const id of byNumber(known, pasted)) if (!longest.has(id)) longest.set(id, 0);
  if (longest.size > 0) {
    const order = new Map(known.map(({ id }, at) => [id, at]));
    return [...longest.keys()].sort(
      (one, other) =>
        (longest.get(other) ?? 0) - (longest.get(one) ?? 0) || (order.get(one) ?? 0) - (order.get(other) ?? 0),
    );
  }
  if (pasted.length < 2 || pasted.length > longestWord) return [];
  const holds = ({ names, phrases, texts, words = '' }: KnownError) =>
    [...names, ...phrases, ...texts, words].some((one) => plain(one).includes(pasted));
  return known.filter(holds).map(({ id }) => id);
}
