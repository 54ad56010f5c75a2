import type { DiffRow, Verdict } from '../../checker/types.ts';
import { foldRows, type ShownRow } from './diff-rows.ts';
import { make } from './dom.ts';
import type { Translate } from './strings.ts';

/** A paste of a megabyte may differ on every line; nobody reads further than this, and a table of that size would stall the page. */
const mostRows = 400;

/** A sign for each kind of row, beside its word: colour is not the only difference. */
const signs: Record<DiffRow['kind'], string> = {
  same: '=',
  any: '·',
  different: '≠',
  missing: '−',
  unexpected: '+',
  forbidden: '!',
};

const operators = { '>=': 'atLeast', '<=': 'atMost', '==': 'equal', '!=': 'other', '>': 'more', '<': 'less' } as const;

/** The line-by-line comparison. Where all is well it is folded away; where not, only the neighbourhood of each difference is open. */
export function diffTable({ diff, outcome }: Verdict, heading: 'h4' | 'h6', say: Translate): Node[] {
  const body = make('tbody', { role: 'rowgroup' });
  const head = (['kind', 'expected', 'actual'] as const).map((name) =>
    make('th', { scope: 'col', role: 'columnheader' }, say(`lab.verdict.diff.${name}`)),
  );
  const table = make(
    'table',
    { class: 'verdict-diff', role: 'table' },
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...head)),
    body,
  );
  const scroller = make(
    'div',
    { class: 'verdict-scroll', role: 'region', tabindex: '0', 'aria-label': say('checker.heading.diff') },
    table,
  );
  const folded = foldRows(diff);
  const fillBody = (rows: readonly ShownRow[]) =>
    body.replaceChildren(
      ...rows.slice(0, mostRows).map((row) => tableRow(row, say)),
      ...(rows.length > mostRows ? [note(say('lab.verdict.diff.more', { count: rows.length - mostRows }))] : []),
    );
  if (outcome === 'passed') {
    fillBody(diff);
    return [make('details', {}, make('summary', {}, say('checker.heading.diff')), scroller)];
  }
  fillBody(folded);
  const all = make(
    'button',
    { type: 'button', class: 'button button-quiet', 'aria-pressed': 'false' },
    say('lab.verdict.diff.all'),
  );
  all.addEventListener('click', () => {
    const pressed = all.getAttribute('aria-pressed') !== 'true';
    all.setAttribute('aria-pressed', `${pressed}`);
    fillBody(pressed ? diff : folded);
  });
  const foldable = folded.length < diff.length;
  return [make(heading, {}, say('checker.heading.diff')), scroller, ...(foldable ? [all] : [])];
}

function tableRow(row: ShownRow, say: Translate): HTMLElement {
  if (row.kind === 'folded') return note(say('lab.verdict.diff.folded', { count: row.count }));
  const sign = make('span', { 'aria-hidden': 'true', class: 'sign' }, signs[row.kind]);
  const kind = make('th', { scope: 'row', role: 'rowheader' }, sign, ' ', say(`lab.verdict.row.${row.kind}`));
  const expected = 'expected' in row ? row.expected : undefined;
  const actual = 'actual' in row ? row.actual : undefined;
  const made = make(
    'tr',
    { role: 'row', 'data-row': row.kind },
    kind,
    cell(say('lab.verdict.diff.expected'), expected),
    cell(say('lab.verdict.diff.actual'), actual, row.kind === 'different' ? whyOf(row, say) : undefined),
  );
  return made;
}

/** Which comparison does not hold, in words where the checker says it in parts. */
function whyOf({ bound, why }: Extract<DiffRow, { kind: 'different' }>, say: Translate): string {
  if (!bound) return why;
  const { name, value, operator, needs = bound.bound } = bound;
  return say(`lab.verdict.bound.${operators[operator]}`, { name, value, needs });
}

function cell(label: string, text: string | undefined, why?: string): HTMLElement {
  const made = make('td', { role: 'cell', 'data-label': label });
  if (text !== undefined) made.append(make('code', { translate: 'no' }, text));
  else made.classList.add('nothing');
  if (why) made.append(make('p', { class: 'why' }, why));
  return made;
}

function note(text: string): HTMLElement {
  return make('tr', { role: 'row', 'data-row': 'folded' }, make('td', { role: 'cell', colspan: '3' }, text));
}
