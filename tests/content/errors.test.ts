/** The page of errors: where each text comes from, and that what is said of a number is so. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findErrors } from '../../src/errors/find.ts';
import { knownError } from '../../src/errors/known.ts';
import { parseRecording, type RecordedRun } from '../../src/runtime/transcript.ts';
import { readModules } from '../../src/site/course.ts';
import { type ErrorEntry, errorSchema } from '../../src/site/schemas/errors.ts';
import { lengthOf, sentencesOf } from './lesson-text.ts';
import { broken } from './style-guide.ts';

const content = 'src/content';
const files = readdirSync(`${content}/errors`).filter((name) => name.endsWith('.yaml'));
const entries: (ErrorEntry & { id: string })[] = files.map((name) => ({
  id: name.replace(/\.yaml$/, ''),
  ...errorSchema.parse(parse(readFileSync(`${content}/errors/${name}`, 'utf8'))),
}));
const known = entries.map((entry) => knownError(entry.id, entry));
const ids = new Set(entries.map(({ id }) => id));
const lessons = new Set(readModules().flatMap((module) => module.lessons.map(({ slug }) => slug)));

const runsOf = (recorded: string): RecordedRun[] => {
  const at = recorded.lastIndexOf('/');
  const file = `${content}/${recorded.slice(0, at)}/recorded/${recorded.slice(at + 1)}.txt`;
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  return parseRecording(readFileSync(file, 'utf8')).runs;
};
const own = runsOf('errors/debian-12');

it('has what the course explains', () => {
  const wanted = [
    'emfile enfile inotify-watches eagain defunct enomem heap-out-of-memory killed oomkilled result-oom-kill segmentation-fault aborted',
    'enospc out-of-inodes edquot efbig eaddrinuse econnrefused econnreset etimedout epipe eacces eperm enoent required-file-not-found',
    'exec-format-error 0 1 2 124 125 126 127 128-plus-n 129 130 134 137 139 141 143 152 153 255',
    'probe-failed 502-bad-gateway enotfound imagepullbackoff crashloopbackoff evicted',
    'sighup sigint sigquit sigabrt sigkill sigsegv sigpipe sigterm sigchld sigstop sigxcpu sigxfsz',
  ].flatMap((line) => line.split(' '));
  expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
});

it('gives every entry a place and a name of its own', () => {
  const places = entries.map(({ group, order }) => `${group} ${order}`);
  expect(places.filter((place, at) => places.indexOf(place) !== at)).toEqual([]);
  const names = entries.map(({ name }) => name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

it('was recorded with the commands that it names', () => {
  const commands = readFileSync(`${content}/errors/commands.txt`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(own.map(({ command }) => command)).toEqual(commands);
});

describe.each(entries)('$id', (entry) => {
  it('quotes what was printed, letter by letter, or says where it is printed', () => {
    for (const { text, recorded, url } of entry.texts) {
      if (recorded) {
        const printed = runsOf(recorded).map(({ output }) => output);
        expect(printed.join('\n'), recorded).toContain(text);
      } else expect(url, text).toMatch(/^https:/);
    }
  });

  it('leads to lessons, labs and entries that there are', () => {
    expect(entry.lessons.filter((slug) => !lessons.has(slug))).toEqual([]);
    expect(entry.labs.filter((lab) => !existsSync(`${content}/labs/${lab}/lab.yaml`))).toEqual([]);
    expect(entry.related.filter((id) => !ids.has(id) || id === entry.id)).toEqual([]);
  });

  it('is found by its name or its number', () => {
    const asked =
      entry.code !== undefined ? `exit code ${entry.code}` : entry.id === '128-plus-n' ? 'exit 150' : entry.name;
    expect(findErrors(asked, known)).toContain(entry.id);
  });

  it.each(['ko', 'en'] as const)('says it shortly, in the style of the course (%s)', (language) => {
    const parts = [entry.title, entry.meaning, entry.whose, entry.proof.look, entry.first].map(
      (part) => part[language],
    );
    expect(broken(parts.join('\n'), language)).toEqual([]);
    const sentences = parts.flatMap(sentencesOf);
    const most = language === 'ko' ? 90 : 28;
    expect(sentences.filter((one) => lengthOf(one, language) > most)).toEqual([]);
    expect(sentencesOf(entry.meaning[language]).length).toBeLessThanOrEqual(4);
    if (language === 'ko') expect(sentences.filter((one) => /니다[.]?$/.test(one))).toEqual([]);
    else expect(parts.filter((part) => /[가-힣]/.test(part))).toEqual([]);
  });
});

describe('the numbers', () => {
  it('of errors are those of Linux', ({ skip }) => {
    if (process.platform !== 'linux') skip('not Linux');
    for (const { name, errno } of entries) {
      const system = (constants.errno as Record<string, number>)[name.split(',')[0] ?? ''];
      if (errno !== undefined && system !== undefined) expect(errno, name).toBe(system);
    }
    expect(entries.filter(({ errno }) => errno !== undefined).length).toBeGreaterThan(15);
  });

  it('of signals are those that a shell named', () => {
    const asked = own.find(({ command }) => command.startsWith('kill -l '));
    const names = asked?.command.split(' ').slice(2) ?? [];
    const numbers = new Map(names.map((name, at) => [`SIG${name}`, Number(asked?.output.split('\n')[at])]));
    for (const { name, signal } of entries)
      if (signal !== undefined) expect(numbers.get(name.split(',')[0] ?? ''), name).toBe(signal);
  });

  it('of exit codes were seen', () => {
    // A lab or a snippet has the codes for which nothing here is run.
    const elsewhere = ['130', '134', '139', '143'];
    for (const { id, code } of entries)
      if (code !== undefined && !elsewhere.includes(id))
        expect(
          own.some((run) => run.code === code || run.output.split('\n').includes(String(code))),
          id,
        ).toBe(true);
  });

  it('of the codes of signals are 128 more', () => {
    const codes = new Map(entries.flatMap(({ id, code }) => (code === undefined ? [] : [[code, id] as const])));
    for (const { signal, ends, related } of entries) {
      const code = signal !== undefined && ends ? codes.get(128 + signal) : undefined;
      if (code !== undefined) expect(related).toContain(code);
    }
  });
});
