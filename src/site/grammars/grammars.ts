/**
 * Two small TextMate grammars, for Shiki.
 *
 * `transcript`: what a lab or a snippet printed. `expectation`: what must hold of it, where a reader should see at once which text must
 * match as it stands and which part is free. An expectation has all rules of a transcript, and its wildcards in every place.
 */
import { constants } from 'node:os';
import type { LanguageRegistration } from 'shiki';

type Rule = LanguageRegistration['patterns'][number];

/** A line starts at its beginning, or right after the `?? ` or `!! ` of an expectation. */
const start = '(?:^|\\G)';
const inline: Rule = { include: '#inline' };

/** The names of errno(3), as this Node knows them; longest first, so that no name hides another. */
const errnoNames = Object.keys(constants.errno)
  .filter((name) => /^E[A-Z0-9]+$/.test(name))
  .sort((one, other) => other.length - one.length)
  .join('|');

/** From `head` to the end of the line. */
const line = (name: string, head: string, captures: Record<string, string>): Rule => ({
  name,
  begin: start + head,
  end: '$',
  beginCaptures: Object.fromEntries(Object.entries(captures).map(([at, scope]) => [at, { name: scope }])),
  patterns: [inline],
});

const lines: Rule[] = [
  line('meta.lab.transcript', '(==) (lab|end)\\b', { 1: 'punctuation.mark.transcript', 2: 'entity.name.section.lab' }),
  line('meta.step.transcript', '(--) (step) (\\S+)', {
    1: 'punctuation.mark.transcript',
    2: 'entity.name.section.step',
    3: 'entity.name.section.step',
  }),
  // "ok 3 - id # SKIP reason": what was skipped is neither green nor red.
  {
    name: 'meta.skipped.transcript comment.skipped',
    match: `${start}ok \\d+ - \\S+ # SKIP.*$`,
  },
  line('meta.failed.transcript', '(not ok)\\b( \\d+)?( -)?', {
    1: 'invalid.failed.transcript',
    2: 'comment.number.transcript',
    3: 'comment.number.transcript',
  }),
  line('meta.passed.transcript', '(ok)\\b( \\d+)?( -)?', {
    1: 'markup.inserted.passed',
    2: 'comment.number.transcript',
    3: 'comment.number.transcript',
  }),
  { match: `${start}1\\.\\.\\d+$`, name: 'comment.plan.transcript' },
  line('meta.command.transcript', '(\\$) (.*)', {
    1: 'punctuation.mark.transcript',
    2: 'entity.name.function.command',
  }),
  {
    match: `${start}(\\[0\\])( \\d+ ms)?$`,
    captures: { 1: { name: 'markup.inserted.exit' }, 2: { name: 'comment.duration.transcript' } },
  },
  {
    match: `${start}(\\[\\d{1,3}\\])( \\d+ ms)?$`,
    captures: { 1: { name: 'invalid.exit.transcript' }, 2: { name: 'comment.duration.transcript' } },
  },
  line('meta.raw.transcript', '(\\|)(?= |$)', { 1: 'punctuation.mark.transcript' }),
  // The header of a recording. No space may stand before the colon, so prose with a colon in it stays prose.
  line('meta.header.transcript', '(environment|recorded|node|os|kernel|memory|cgroup|cpus|shell|user)(:)(?= )', {
    1: 'variable.other.fact',
    2: 'punctuation.mark.transcript',
  }),
];

const words: Rule[] = [
  { match: '\\b(?:FATAL ERROR|Killed|Aborted|Segmentation fault)\\b', name: 'invalid.fatal.transcript' },
  { match: `\\b(?:${errnoNames}|ERR_[A-Z0-9_]+)\\b`, name: 'invalid.errno.transcript' },
  {
    match: '(?<![^\\s(])([A-Za-z_][\\w.]*)(=)(?=\\S)',
    captures: { 1: { name: 'variable.other.fact' }, 2: { name: 'punctuation.mark.transcript' } },
  },
];

const bound = '(>=|<=|==|!=|>|<)(-?\\d+|[a-z_]\\w*)';

const wildcards: Rule[] = [
  { match: '\\[\\.\\.\\]', name: 'markup.free.any.expectation' },
  {
    match: '(\\[\\[)(=)([a-z_]\\w*)(\\]\\])',
    name: 'meta.reference.expectation',
    captures: {
      1: { name: 'punctuation.free.expectation' },
      2: { name: 'keyword.operator.free' },
      3: { name: 'markup.free.reference.expectation' },
      4: { name: 'punctuation.free.expectation' },
    },
  },
  {
    begin: '(\\[\\[)([a-z_]\\w*)(?:(:)(int|word))?(?=[<>=!]|\\]\\])',
    end: '\\]\\]',
    name: 'meta.capture.expectation',
    beginCaptures: {
      1: { name: 'punctuation.free.expectation' },
      2: { name: 'markup.free.capture.expectation' },
      3: { name: 'punctuation.free.expectation' },
      4: { name: 'storage.type.free' },
    },
    endCaptures: { 0: { name: 'punctuation.free.expectation' } },
    patterns: [
      { match: bound, captures: { 1: { name: 'keyword.operator.free' }, 2: { name: 'constant.bound.free' } } },
    ],
  },
  {
    begin: '\\[\\[',
    end: '\\]\\]',
    name: 'meta.alternatives.expectation',
    beginCaptures: { 0: { name: 'punctuation.free.expectation' } },
    endCaptures: { 0: { name: 'punctuation.free.expectation' } },
    patterns: [
      { match: '\\|', name: 'keyword.operator.free' },
      { match: '[^|\\]]+', name: 'markup.free.alternative.expectation' },
    ],
  },
];

const expectationLines: Rule[] = [
  { match: '^\\.\\.\\.$', name: 'markup.free.lines.expectation' },
  { match: '^#.*$', name: 'comment.line.expectation' },
  {
    match: '^(@if) (\\w+)(!?=)(\\S*)$',
    captures: {
      1: { name: 'keyword.control.expectation' },
      2: { name: 'variable.other.fact' },
      3: { name: 'keyword.operator.expectation' },
    },
  },
  { match: '^@end$', name: 'keyword.control.expectation' },
  {
    begin: '^(\\?\\?) ',
    end: '$',
    name: 'meta.optional.expectation',
    beginCaptures: { 1: { name: 'keyword.other.optional.expectation' } },
    patterns: [{ include: '#lines' }, inline],
  },
  {
    begin: '^(!!) ',
    end: '$',
    name: 'meta.forbidden.expectation',
    beginCaptures: { 1: { name: 'invalid.forbidden.expectation' } },
    patterns: [{ include: '#lines' }, inline],
  },
];

export const transcript: LanguageRegistration = {
  name: 'transcript',
  scopeName: 'text.transcript',
  patterns: [{ include: '#lines' }, inline],
  repository: { lines: { patterns: lines }, inline: { patterns: words } },
};

export const expectation: LanguageRegistration = {
  name: 'expectation',
  scopeName: 'text.expectation',
  patterns: [...expectationLines, { include: '#lines' }, inline],
  repository: { lines: { patterns: lines }, inline: { patterns: [...wildcards, ...words] } },
};
