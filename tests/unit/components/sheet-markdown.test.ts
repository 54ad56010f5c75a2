/** What a sheet becomes as Markdown, and that no text of a reader can change its shape. Rendered with the site's own Markdown processor. */
import { createMarkdownProcessor } from '@astrojs/markdown-remark';
import fc from 'fast-check';
import type { Element, Nodes, Root } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { selectAll } from 'hast-util-select';
import { toText } from 'hast-util-to-text';
import { describe, expect, it } from 'vitest';
import { namesOf, toMarkdown } from '../../../src/components/sheet/markdown.ts';
import type { SheetField, SheetShape } from '../../../src/components/sheet/shape.ts';

const field = (id: string, kind: SheetField['kind'], more: Partial<SheetField> = {}): SheetField => ({
  id,
  kind,
  label: `Label of ${id}`,
  hint: `Hint of ${id}.`,
  options: [],
  columns: [],
  rows: 0,
  ...more,
});

const shape: SheetShape = {
  id: 'test',
  title: 'A sheet',
  fields: [
    field('subject', 'line'),
    field('why', 'text'),
    field('options', 'table', {
      columns: [
        { id: 'what', label: 'What' },
        { id: 'cost', label: 'Cost | price' },
      ],
      rows: 2,
    }),
    field('status', 'choice', { options: [{ id: 'yes', label: 'Accepted' }] }),
    field('review', 'date'),
  ],
  renamed: {},
  leftOver: 'From before',
};

const processor = createMarkdownProcessor({ syntaxHighlight: false, smartypants: false });
const render = async (markdown: string): Promise<Root> =>
  fromHtml((await (await processor).render(markdown)).code, { fragment: true });
const texts = (root: Root, selector: string) => selectAll(selector, root).map((one) => toText(one));
const tags = (root: Nodes): string[] =>
  selectAll('*', root as Root)
    .map(({ tagName }: Element) => tagName)
    .filter((name, at, all) => all.indexOf(name) === at);

describe('the template', () => {
  it('has a heading for each field, its hint, and an empty table', () => {
    expect(toMarkdown(shape, {})).toBe(
      [
        '# A sheet',
        '## Label of why',
        '_Hint of why._',
        '## Label of options',
        '_Hint of options._',
        '| What | Cost \\| price |\n| --- | --- |\n|  |  |',
        '## Label of status',
        '_Hint of status._',
        '## Label of review',
        '_Hint of review._',
        '',
      ]
        .join('\n\n')
        .replace(/\n\n$/, '\n'),
    );
  });

  it('names every control once', () => {
    expect(namesOf(shape)).toEqual([
      'subject',
      'why',
      'options.1.what',
      'options.1.cost',
      'options.2.what',
      'options.2.cost',
      'status',
      'review',
    ]);
  });
});

describe('a filled sheet', () => {
  it('has the answers, without rows that are empty', () => {
    const markdown = toMarkdown(shape, {
      subject: 'Stream the\n photos',
      why: '\n  Because:\n- one\n- two\n\nEnd. ',
      'options.2.what': 'stream',
      'options.2.cost': 'two weeks\nof two people | maybe',
      status: 'yes',
      review: '2026-12-14',
    });
    expect(markdown).toContain('# Stream the photos\n');
    expect(markdown).toContain('\n\nBecause:  \n- one  \n- two\n\nEnd.\n\n##');
    expect(markdown).toContain('| --- | --- |\n| stream | two weeks<br>of two people \\| maybe |\n\n');
    expect(markdown).toContain('## Label of status\n\nAccepted\n');
    expect(markdown).toContain('2026-12-14\n');
    expect(markdown).not.toContain('Hint');
  });

  it('keeps what was written in fields that are gone', () => {
    const markdown = toMarkdown(shape, { 'options.7.what': 'a row too many', gone: '# x' });
    expect(markdown).toContain('## From before\n\na row too many\n\n\\# x\n');
    expect(toMarkdown(shape, { gone: ' ' })).not.toContain('From before');
  });
});

describe('what would break it', () => {
  it.each([
    ['# heading', '\\# heading'],
    ['   ## heading', '   \\## heading'],
    ['- # heading', '- \\# heading'],
    ['1. > # heading', '1. \\> # heading'],
    ['a\n===', 'a  \n\\==='],
    ['a\n-', 'a  \n\\-'],
    ['a\n- ', 'a  \n\\-'],
    ['* * *', '* * \\*'],
    ['~~~sh', '\\~~~sh'],
    ['```sh', '\\`\\`\\`sh'],
    ['<b>x</b> &lt; a & b', '\\<b>x\\</b> \\&lt; a & b'],
    ['a | b\n:-|-:', 'a \\| b  \n\\:-\\|-:'],
    ['[x]: y', '\\[x]: y'],
    ['\t\tcode?', '  code?'],
    ['2026. 11. 23. 회의', '2026\\. 11. 23. 회의'],
    ['C:\\dir', 'C:\\\\dir'],
  ])('%j', async (text, escaped) => {
    const markdown = toMarkdown(shape, { why: `x\n${text}` });
    expect(markdown).toContain(escaped);
    const root = await render(markdown);
    expect(texts(root, 'h1, h2')).toHaveLength(5);
    expect(selectAll('pre, code, hr, b, blockquote', root)).toEqual([]);
    expect(selectAll('table', root)).toHaveLength(1);
  });

  it('does not lose the "#" of a title', async () => {
    expect(texts(await render(toMarkdown(shape, { subject: 'From Java to C #' })), 'h1')).toEqual(['From Java to C #']);
  });

  const signs = [
    ...'#`|<>&\\-=~*_+[]():.!1 \n\t\r',
    'ab',
    '```',
    '<!--',
    '<script>',
    '| - |\n',
    '가',
    '&lt;',
    '2026. ',
  ];
  const nasty = fc.array(fc.constantFrom(...signs), { maxLength: 24 }).map((parts) => parts.join(''));

  it('nothing that a reader writes changes headings and tables, and nothing becomes code or HTML', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (subject, why, cellText) => {
        const root = await render(
          toMarkdown(shape, { subject, why, 'options.1.what': cellText, 'options.1.cost': '1' }),
        );
        expect(texts(root, 'h2')).toEqual(['why', 'options', 'status', 'review'].map((id) => `Label of ${id}`));
        expect(selectAll('h1', root)).toHaveLength(1);
        expect(selectAll('h3, h4, h5, h6, pre, code, script, hr, blockquote', root)).toEqual([]);
        expect(selectAll('table', root)).toHaveLength(1);
        expect(selectAll('tbody tr', root)).toHaveLength(1);
        expect(selectAll('tbody td', root)).toHaveLength(2);
        expect(
          tags(root).filter(
            (tag) => !/^(h1|h2|p|em|strong|del|ul|ol|li|a|img|br|input|table|thead|tbody|tr|th|td)$/.test(tag),
          ),
        ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
