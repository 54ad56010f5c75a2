import { createHighlighter, type SpecialLanguage } from 'shiki';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectation, transcript } from '../../src/site/grammars/grammars.ts';
import { codeTheme } from '../../src/site/grammars/themes.ts';
import { readTokens } from '../../src/site/tokens.ts';

const { light, dark } = readTokens();
const lightTheme = codeTheme('light', light);
let highlighter: Awaited<ReturnType<typeof createHighlighter>>;
beforeAll(async () => {
  highlighter = await createHighlighter({
    langs: [transcript, expectation],
    themes: [lightTheme],
  });
});

/** Shiki's type knows the bundled languages only; ours are loaded above. */
const tokens = (lang: string, code: string) =>
  highlighter
    .codeToTokensBase(code, { lang: lang as SpecialLanguage, theme: lightTheme, includeExplanation: true })
    .flatMap((line) =>
      line.flatMap(({ explanation = [], color }) =>
        explanation.map(({ content, scopes }) => ({
          content,
          scopes: scopes.map((one) => one.scopeName).join(' '),
          color,
        })),
      ),
    );

/** The innermost of our scopes on the token that is exactly `text`. Fails where no token is that text. */
function scopeOf(lang: string, code: string, text: string): string {
  const found = tokens(lang, code).find(({ content }) => content === text);
  if (!found)
    throw new Error(`no token "${text}" in ${JSON.stringify(tokens(lang, code).map(({ content }) => content))}`);
  return found.scopes;
}

describe.each(['transcript', 'expectation'])('%s', (lang) => {
  test.each([
    ['== lab emfile v1', 'lab', 'entity.name.section.lab'],
    ['== end emfile fail=0', 'end', 'entity.name.section.lab'],
    ['== end emfile fail=0', 'fail', 'variable.other.fact'],
    ['-- step bash-open', 'bash-open', 'entity.name.section.step'],
    ['fd_count=32', 'fd_count', 'variable.other.fact'],
    ['kept_mib=8 heap_used_mib=12', 'heap_used_mib', 'variable.other.fact'],
    ['| bash: Too many open files', '|', 'punctuation.mark'],
    ['ok 4 - message-emfile', 'ok', 'markup.inserted.passed'],
    ['not ok 4 - message-emfile', 'not ok', 'invalid.failed'],
    ['ok 5 - kernel # SKIP no systemd', 'ok 5 - kernel # SKIP no systemd', 'comment.skipped'],
    ['1..9', '1..9', 'comment.plan'],
    [
      '$ node --max-old-space-size=64 main.mjs',
      'node --max-old-space-size=64 main.mjs',
      'entity.name.function.command',
    ],
    ['[134] 512 ms', '[134]', 'invalid.exit'],
    ['[134] 512 ms', ' 512 ms', 'comment.duration'],
    ['[0]', '[0]', 'markup.inserted.exit'],
    ['node_error=EMFILE -24 open', 'EMFILE', 'invalid.errno'],
    ['code=ERR_WORKER_OUT_OF_MEMORY', 'ERR_WORKER_OUT_OF_MEMORY', 'invalid.errno'],
    ['FATAL ERROR: Reached heap limit', 'FATAL ERROR', 'invalid.fatal'],
    ['environment: node-24', 'environment', 'variable.other.fact'],
  ])('%s: "%s" is %s', (code, text, scope) => {
    expect(scopeOf(lang, code, text)).toContain(scope);
  });

  test.each(['ERRORS were found', 'a sentence: with a colon', 'book 4 - chapter', 'A = B'])(
    '"%s" stays plain',
    (code) => {
      expect(tokens(lang, code).map(({ scopes }) => scopes)).toEqual([`text.${lang}`]);
    },
  );
});

describe('expectation', () => {
  test.each([
    ['FATAL ERROR: [..]heap out of memory', '[..]', 'markup.free.any'],
    ['...', '...', 'markup.free.lines'],
    ['opened=[[opened:int>=5<=31]]', 'opened', 'variable.other.fact'],
    ['[[opened:int>=5<=31]]', 'opened', 'markup.free.capture'],
    ['x=[[opened:int>=5<=31]]', 'int', 'storage.type.free'],
    ['x=[[opened:int>=5<=31]]', '>=', 'keyword.operator.free'],
    ['x=[[opened:int>=5<=31]]', '31', 'constant.bound.free'],
    ['x=[[limit:int<baseline]]', 'baseline', 'constant.bound.free'],
    ['x=[[name]] y', 'name', 'markup.free.capture'],
    ['[[Killed|Aborted]]', 'Aborted', 'markup.free.alternative'],
    ['soft=[[=hard]]', 'hard', 'markup.free.reference'],
    ['?? -- step node-open', '??', 'keyword.other.optional'],
    ['?? -- step node-open', 'node-open', 'entity.name.section.step'],
    ['?? kernel_oom_rc=[[rc:int]]', 'rc', 'markup.free.capture'],
    ['?? ok 4 - raised', 'ok', 'markup.inserted.passed'],
    ['!! survived=yes', '!!', 'invalid.forbidden'],
    ['@if os=Linux', '@if', 'keyword.control'],
    ['@if os!=Linux', 'os', 'variable.other.fact'],
    ['@end', '@end', 'keyword.control'],
    ['# why', '# why', 'comment.line'],
    ['[134]', '[134]', 'invalid.exit'],
  ])('%s: "%s" is %s', (code, text, scope) => {
    expect(scopeOf('expectation', code, text)).toContain(scope);
  });

  test('a wildcard is not free in a transcript, where it is printed text', () => {
    expect(tokens('transcript', 'a [..] [[x]]').map(({ scopes }) => scopes)).toEqual(['text.transcript']);
  });

  test('what is free has the colour of limits, what must match has the colour of text', () => {
    const colours = tokens('expectation', 'heap out of [[what]]').map(({ content, color }) => [
      content,
      color?.toLowerCase(),
    ]);
    expect(colours).toContainEqual(['heap out of ', light.ink]);
    expect(colours).toContainEqual(['what', light.limit]);
  });
});

test.each(['light', 'dark'] as const)('the %s theme has text colours of the palette only', (type) => {
  const palette = { light, dark }[type];
  const text = ['ink', 'muted', 'process', 'kernel', 'limit', 'fail', 'ok'] as const;
  const allowed = new Set(text.map((name) => palette[name]));
  for (const { settings } of codeTheme(type, palette).settings ?? []) expect(allowed).toContain(settings.foreground);
});
