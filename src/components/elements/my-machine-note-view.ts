import { expectedCauses, type Facts, ruleOf } from '../../checker/probe-compare.ts';
import type { LabKnowledge } from '../lab/knowledge.ts';
import { machineName, shownValue } from '../machine/values.ts';
import { make } from './dom.ts';
import { causeWords, fromBuild } from './lab-knowledge.ts';
import type { Translate } from './strings.ts';

/**
 * What to expect of a lab on a machine: known causes of a difference that its facts let expect, what facts.yaml says about this lab, and the
 * limits that the lab is about.
 */
export function noteContent(host: HTMLElement, known: LabKnowledge, machine: Facts, say: Translate): Node[] {
  const { facts } = known;
  const causes = expectedCauses(known.causes, machine).map(({ cause, remedy }) => causeWords(cause, remedy, say));
  const rules = facts.map((fact) => {
    const why = fact.rules[ruleOf(fact, machine)]?.why;
    return why ? make('p', {}, fromBuild(why)) : undefined;
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
