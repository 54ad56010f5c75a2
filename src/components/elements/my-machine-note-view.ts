import { expectedCauses, type Facts, ruleOf } from '../../checker/probe-compare.ts';
import type { LabIsland } from '../lab/island.ts';
import type { NoteIsland } from '../machine/island.ts';
import { machineName, shownValue } from '../machine/values.ts';
import { make } from './dom.ts';
import type { Translate } from './strings.ts';

const islandOf = <Shape>(host: Element | null): Shape | undefined =>
  JSON.parse(host?.querySelector(':scope > script')?.textContent ?? 'null') ?? undefined;

const copyOf = (template: HTMLTemplateElement | null): Node | undefined => template?.content.cloneNode(true);

/**
 * What to expect of this lab on a machine: known causes of a difference that its facts let expect, what facts.yaml says about this lab,
 * and the limits that the lab is about. The causes and their words are those of the lab's check in the same page.
 */
export function noteContent(host: HTMLElement, machine: Facts, say: Translate): Node[] {
  const { lab, facts = [] } = islandOf<NoteIsland>(host) ?? { lab: '' };
  const check = document.getElementById(`check-${lab}`);
  const causes = expectedCauses(islandOf<LabIsland>(check)?.mismatches ?? [], machine).map(({ id }) =>
    copyOf(check?.querySelector<HTMLTemplateElement>(`template[data-cause="${CSS.escape(id)}"]`) ?? null),
  );
  const rules = facts.map((fact) => {
    const rule = ruleOf(fact, machine);
    if (fact.rules[rule]?.said !== true) return undefined;
    const why = copyOf(host.querySelector<HTMLTemplateElement>(`template[data-why="${fact.id} ${rule}"]`));
    return why && make('p', {}, why);
  });
  const expected = [...causes, ...rules].filter((one) => one !== undefined);
  const shown = facts.filter(({ id, shown }) => shown && machine[id] !== undefined);
  const link = host.querySelector('[data-quiet] a')?.getAttribute('href') ?? '';
  return [
    make('p', { class: 'machine-note-name' }, say('machine.note.lead', { name: machineName(machine) })),
    ...(expected.length > 0
      ? [
          make('p', {}, say('machine.note.expect')),
          make('ul', { role: 'list', class: 'machine-expected' }, ...expected.map((one) => make('li', {}, one))),
        ]
      : [make('p', {}, say('machine.note.nothing'))]),
    ...(shown.length > 0
      ? [
          make(
            'dl',
            { class: 'machine-list', 'aria-label': say('machine.note.values') },
            ...shown.map(({ id, kind, name }) =>
              make(
                'div',
                {},
                make('dt', {}, name),
                make('dd', {}, make('code', { translate: 'no' }, shownValue(kind, machine[id] ?? ''))),
              ),
            ),
          ),
        ]
      : []),
    make('p', { class: 'lab-hint' }, make('a', { href: link }, say('machine.note.more'))),
  ];
}
