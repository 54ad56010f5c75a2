/**
 * Judges the output of a lab on the command line; the page does the same with what is pasted into it.
 *
 *   npm run check-lab -- lab-ulimit < output.txt      every lab of a lesson
 *   npm run check-lab -- emfile output.txt --lang ko  one lab, from a file
 *
 * Exit code: 0 passed, 1 not passed, 2 wrong usage or nothing that can be judged.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { editDistance } from '../src/checker/edit-distance.ts';
import { judge, type LabDefinition, type Mismatch } from '../src/checker/index.ts';
import type { Language } from '../src/site/locales.ts';
import { type Say, verdictText } from './verdict-text.ts';

const content = fileURLToPath(new URL('../src/content', import.meta.url));
const labsFolder = join(content, 'labs');

/** Every lab of the course, each with the causes that are common to all after its own. */
function readLabs(): LabDefinition[] {
  const causes = (file: string): Mismatch[] =>
    existsSync(file) ? (parse(readFileSync(file, 'utf8'))?.mismatches ?? []) : [];
  const common = causes(join(labsFolder, 'mismatches.yaml'));
  return readdirSync(labsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(labsFolder, entry.name, 'expected.txt')))
    .map(({ name: id }) => ({
      id,
      expected: readFileSync(join(labsFolder, id, 'expected.txt'), 'utf8'),
      mismatches: [...causes(join(labsFolder, id, 'mismatches.yaml')), ...common],
    }));
}

/** Slug of each lesson that has labs, in the order of the course, and the ids of its labs. */
function readLessons(): Map<string, string[]> {
  const folder = join(content, 'modules');
  const modules = readdirSync(folder).map((name) => parse(readFileSync(join(folder, name), 'utf8')));
  const lessons = modules
    .sort((one, other) => one.order - other.order)
    .flatMap(({ lessons }: { lessons: { slug: string; labs?: string[] }[] }) => lessons);
  return new Map(lessons.filter(({ labs = [] }) => labs.length > 0).map(({ slug, labs = [] }) => [slug, labs]));
}

/** Looks up the site's own strings and fills their placeholders. */
function sayIn(language: Language): Say {
  const strings = JSON.parse(readFileSync(join(content, `i18n/${language}.json`), 'utf8')) as Record<string, string>;
  return (key, params = {}) =>
    (strings[key] ?? key).replace(/\{\{(\w+)\}\}/g, (gap, name: string) => params[name] ?? gap);
}

function languageOfShell(): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return (LC_ALL || LC_MESSAGES || LANG || '').startsWith('ko') ? 'ko' : 'en';
}

/** Ends with exit code 2 and a sentence that says what to do. */
class Unusable extends Error {}

function labsOf(name: string, say: Say): LabDefinition[] {
  const labs = readLabs();
  const lessons = readLessons();
  const ids = lessons.get(name) ?? [name];
  const found = ids.flatMap((id) => labs.find((one) => one.id === id) ?? []);
  if (found.length > 0) return found;
  const names = [...lessons.keys(), ...labs.map(({ id }) => id)];
  const [nearest] = names.sort((one, other) => editDistance(name, one) - editDistance(name, other));
  const near = nearest !== undefined && editDistance(name, nearest) <= Math.max(2, nearest.length / 2);
  const list = [...lessons].map(([slug, ids]) => `  ${slug}: ${ids.join(', ')}`);
  throw new Unusable(
    [
      say('checker.cli.unknown', { name }),
      ...(near ? [say('checker.cli.meant', { name: nearest })] : []),
      say('checker.cli.list'),
      ...list,
    ].join('\n'),
  );
}

async function readInput(file: string | undefined, say: Say): Promise<string> {
  if (file === undefined && process.stdin.isTTY) console.error(say('checker.cli.terminal'));
  try {
    // Not readFileSync(0): a pipe whose writer is still at work, or a terminal, can be non-blocking and then answers EAGAIN.
    return file === undefined ? await text(process.stdin) : readFileSync(file, 'utf8');
  } catch (error) {
    throw new Unusable(
      say('checker.cli.unreadable', { file: file ?? 'stdin', reason: (error as NodeJS.ErrnoException).code ?? '' }),
    );
  }
}

/** Judges and prints; gives the exit code. */
async function main(): Promise<number> {
  let language = languageOfShell();
  let say = sayIn(language);
  try {
    const { values, positionals } = readArguments(say);
    if (values.lang === 'ko' || values.lang === 'en') {
      language = values.lang;
      say = sayIn(language);
    } else if (values.lang !== undefined) throw new Unusable(say('checker.cli.usage'));
    const [name, file, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new Unusable(say('checker.cli.usage'));
    const labs = labsOf(name, say);
    const output = await readInput(file, say);
    const verdicts = judgeAll(output, labs);
    for (const verdict of verdicts) console.log(verdictText(verdict, say, language));
    if (verdicts.some(({ outcome }) => outcome === 'unusable')) return 2;
    const absent = labs.filter(({ id }) => verdicts.every(({ lab }) => lab !== id)).map(({ id }) => id);
    if (absent.length > 0) console.log(say('checker.cli.absent', { labs: absent.join(', ') }));
    return verdicts.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    console.error(error.message);
    return 2;
  }
}

function readArguments(say: Say) {
  try {
    return parseArgs({ allowPositionals: true, options: { lang: { type: 'string' } } });
  } catch {
    throw new Unusable(say('checker.cli.usage'));
  }
}

/**
 * The verdicts on a text for the labs of a lesson. A reader may paste one of several labs: of a lesson, those are judged that the text
 * has a run of; where it has none, the first lab says what is wrong with the text.
 */
function judgeAll(output: string, labs: readonly LabDefinition[]) {
  const all = readLabs();
  const verdicts = labs.map((lab) => judge(output, lab, all));
  const usable = verdicts.filter(({ outcome }) => outcome !== 'unusable');
  return usable.length > 0 ? usable : verdicts.slice(0, 1);
}

process.exitCode = await main();
