import { compareMachines, type FactRow, type Facts } from '../../checker/probe-compare.ts';
import type { FactIsland, MachineIsland } from '../machine/island.ts';
import { shownValue } from '../machine/values.ts';
import { make } from './dom.ts';
import type { Translate } from './strings.ts';

/** One fact beside all machines that were chosen. */
export interface WideRow {
  fact: FactIsland;
  mine: string;
  /** In the order of the chosen machines. */
  theirs: (string | undefined)[];
  /** Which of them differ. */
  differs: boolean[];
  /** Index of the rule that explains the first difference, or -1. */
  rule: number;
}

/** The facts of the reader's machine beside the chosen ones. */
export function wideRows(mine: Facts, { facts, machines }: MachineIsland, chosen: readonly string[]): WideRow[] {
  const columns = chosen.map(
    (id) => new Map(compareMachines(mine, machines[id] ?? {}, facts).map((row) => [row.id, row])),
  );
  return facts.flatMap((fact) => {
    const own = mine[fact.id];
    if (own === undefined) return [];
    const rows = columns.map((column) => column.get(fact.id) as FactRow);
    return [
      {
        fact,
        mine: own,
        theirs: rows.map(({ theirs }) => theirs),
        differs: rows.map(({ same }) => !same),
        rule: rows.find(({ same }) => !same)?.rule ?? -1,
      },
    ];
  });
}

/** The words of a fact stand in the page already: its name, what it means, what it changes, and why it may differ. */
function words(host: HTMLElement, selector: string): DocumentFragment {
  const found = host.querySelector(selector);
  const copy = document.createDocumentFragment();
  const source = found instanceof HTMLTemplateElement ? found.content : found;
  copy.append(...[...(source?.childNodes ?? [])].map((node) => node.cloneNode(true)));
  return copy;
}

const value = (fact: FactIsland, text: string | undefined) =>
  make('code', { translate: 'no' }, text === undefined ? '–' : shownValue(fact.kind, text));

/** Both tables: what differs, each with its explanation, and folded away what does not. */
export function comparison(
  host: HTMLElement,
  island: MachineIsland,
  mine: Facts,
  chosen: readonly string[],
  say: Translate,
): Node[] {
  const rows = wideRows(mine, island, chosen);
  const changed = rows.filter(({ differs }) => differs.includes(true));
  const same = rows.filter((row) => !changed.includes(row));
  const counts = say('machine.counts', { changed: changed.length, same: same.length });
  const parts: Node[] = [make('p', { class: 'lab-hint', 'data-counts': '' }, counts)];
  if (chosen.length === 0) parts.push(make('p', { class: 'notice' }, say('machine.chooseOne')));
  else if (changed.length === 0)
    parts.push(make('p', { class: 'notice', 'data-kind': 'ok' }, say('machine.noDifference')));
  else parts.push(changedTable(host, island, changed, chosen, say));
  if (same.length > 0) parts.push(sameList(host, same, say));
  return parts;
}

function changedTable(
  host: HTMLElement,
  { places }: MachineIsland,
  rows: readonly WideRow[],
  chosen: readonly string[],
  say: Translate,
): HTMLElement {
  const labels = [say('machine.column.fact'), say('machine.column.mine'), ...chosen];
  const head = labels.map((label) => make('th', { scope: 'col', role: 'columnheader' }, label));
  const table = make(
    'table',
    { class: 'machine-changes', role: 'table' },
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...head)),
    ...rows.map((row) => factRows(host, row, chosen, places, say)),
  );
  return make(
    'div',
    { class: 'machine-scroll', role: 'region', tabindex: '0', 'aria-label': say('machine.differences') },
    table,
  );
}

/** The values of a fact, and below them its explanation, which needs more room than a column has. */
function factRows(
  host: HTMLElement,
  row: WideRow,
  chosen: readonly string[],
  places: MachineIsland['places'],
  say: Translate,
): HTMLElement {
  const { fact, mine, theirs, differs } = row;
  const cell = (label: string, ...content: (Node | string)[]) =>
    make('td', { role: 'cell', 'data-label': label }, ...content);
  const name = words(host, `[data-fact="${fact.id}"] dt`);
  const values = make(
    'tr',
    { role: 'row' },
    make('th', { scope: 'rowgroup', role: 'rowheader', rowspan: '2' }, name),
    cell(say('machine.column.mine'), value(fact, mine)),
    ...theirs.map((one, at) => {
      const made = cell(chosen[at] ?? '', value(fact, one));
      if (!differs[at]) made.append(' ', make('span', { class: 'machine-same' }, say('machine.equal')));
      return made;
    }),
  );
  const explanation = make(
    'td',
    { role: 'cell', colspan: `${1 + chosen.length}`, class: 'machine-why' },
    ...why(host, row, places, say),
  );
  return make(
    'tbody',
    { role: 'rowgroup', 'data-fact-row': fact.id },
    values,
    make('tr', { role: 'row' }, explanation),
  );
}

/** Why it differs, what that changes, and the labs that are about it. */
function why(host: HTMLElement, { fact, rule }: WideRow, places: MachineIsland['places'], say: Translate): Node[] {
  const parts: Node[] = [make('p', {}, words(host, `template[data-why="${fact.id} ${rule}"]`))];
  const changes = words(host, `[data-fact="${fact.id}"] [data-changes]`);
  parts.push(make('p', { class: 'lab-hint' }, changes));
  const labs = fact.labs.filter((lab) => lab in places);
  if (labs.length > 0) {
    const links = labs.flatMap((lab) => [' ', make('a', { href: places[lab] ?? '' }, lab)]);
    parts.push(make('p', { class: 'lab-hint' }, say('machine.labs'), ...links));
  }
  return parts;
}

function sameList(host: HTMLElement, rows: readonly WideRow[], say: Translate): HTMLElement {
  const entries = rows.map(({ fact, mine }) =>
    make('div', {}, make('dt', {}, words(host, `[data-fact="${fact.id}"] dt`)), make('dd', {}, value(fact, mine))),
  );
  return make(
    'details',
    { class: 'machine-unchanged' },
    make('summary', {}, say('machine.same', { count: rows.length })),
    make('dl', { class: 'machine-list' }, ...entries),
  );
}
