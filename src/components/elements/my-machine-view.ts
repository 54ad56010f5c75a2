import { type ProbeProblem, type ProbeReading, readProbe } from '../../checker/probe.ts';
import { type Facts, nearest } from '../../checker/probe-compare.ts';
import type { MachineIsland } from '../machine/island.ts';
import { machineName } from '../machine/values.ts';
import { make } from './dom.ts';
import { comparison } from './my-machine-rows.ts';
import { forgetMachine, loadMachine, type MachineState, saveMachine } from './my-machine-store.ts';
import type { Translate } from './strings.ts';

/** Shows readings and the machine that is kept, in the words of a language. */
export function machineView(say: Translate) {
  return {
    /** Reads a text and shows it beside the recorded machines. `text` is undefined for a file that was too large to be read. */
    compare(host: HTMLElement, text: string | undefined): void {
      const reading: ProbeReading = text === undefined ? { facts: {}, problem: 'too-large' } : readProbe(text);
      const { facts, problem } = reading;
      const told = showProblem(host, reading, say);
      if (!problem) {
        const state = saveMachine(facts);
        showMachine(host, facts, state, say);
        announce(host, say('machine.mine', { name: machineName(facts) }), say(`machine.kept.${state.kept}`));
      } else if (Object.keys(facts).length > 0) {
        showMachine(host, facts, undefined, say);
        announce(host, told);
      } else announce(host, told);
      host.querySelector<HTMLElement>(problem ? '[data-problem] h4' : '[data-result] h4')?.focus();
    },

    /** Shows what is kept: when the page is opened, when the form was cleared, and when another tab or the reader changed it. */
    showKept(host: HTMLElement, why: 'opened' | 'changed' | 'clear', movedAside: boolean): void {
      const state = loadMachine();
      showProblem(host, { facts: {} }, say);
      if (state.machine) showMachine(host, state.machine.facts, state, say);
      else part(host, 'result').hidden = true;
      if (movedAside || state.movedAside)
        notice(part(host, 'problem'), say('machine.putAside'), say('machine.movedAside'));
      if (why === 'changed') announce(host, say(state.machine ? 'machine.changedElsewhere' : 'machine.forgotten'));
      if (why !== 'clear') return;
      announce(host);
      host.querySelector('textarea')?.focus();
    },
  };
}

function part(host: HTMLElement, name: 'problem' | 'result'): HTMLElement {
  const found = host.querySelector<HTMLElement>(`[data-${name}]`);
  if (!found) throw new Error(`<my-machine> has no [data-${name}]`);
  return found;
}

function announce(host: HTMLElement, ...sentences: readonly string[]): void {
  const status = host.querySelector('[role="status"]');
  if (status) status.textContent = sentences.join(' ');
}

/** Why a text could not be read, or not wholly; what was shown before stays below it. Gives the sentence. */
function showProblem(host: HTMLElement, { problem, lab = '', facts }: ProbeReading, say: Translate): string {
  const place = part(host, 'problem');
  place.replaceChildren();
  place.hidden = true;
  const textarea = host.querySelector('textarea');
  textarea?.removeAttribute('aria-invalid');
  if (!problem) return '';
  const unusable = Object.keys(facts).length === 0;
  if (unusable) textarea?.setAttribute('aria-invalid', 'true');
  const sentence = say(sentenceOf(problem, lab), { lab });
  if (unusable) notice(place, say('machine.unreadable'), sentence);
  else notice(place, say('machine.partly'), sentence, say('machine.notKept'));
  const href = lab === '' ? undefined : islandOf(host).places[lab];
  if (href) place.querySelector('.notice')?.append(make('p', {}, make('a', { href }, say('machine.goToLab', { lab }))));
  return sentence;
}

const sentenceOf = (problem: ProbeProblem, lab: string) =>
  problem === 'lab-output' && lab === '' ? 'machine.problem.lab-output.piece' : (`machine.problem.${problem}` as const);

function notice(place: HTMLElement, title: string, ...sentences: string[]): void {
  place.hidden = false;
  place.append(
    make('h4', { class: 'verdict-headline', tabindex: '-1' }, title),
    make('div', { class: 'notice', 'data-kind': 'limit' }, ...sentences.map((sentence) => make('p', {}, sentence))),
  );
}

const islandOf = (host: HTMLElement): MachineIsland =>
  JSON.parse(host.querySelector(':scope > script')?.textContent ?? 'null');

/** The reader's machine, how long it is kept, and the comparison. Without `state` it is not kept: only a piece of an output was pasted. */
function showMachine(host: HTMLElement, facts: Facts, state: MachineState | undefined, say: Translate): void {
  const island = islandOf(host);
  const name = machineName(facts);
  const headline = name === '' ? say('machine.piece') : say('machine.mine', { name });
  const heading = make('h4', { class: 'verdict-headline', tabindex: '-1' }, headline);
  const order = nearest(facts, island.machines, island.facts);
  const table = make('div', { class: 'machine-comparison' });
  const choice = chooser(order, say, (chosen) => {
    table.replaceChildren(...comparison(host, island, facts, chosen, say));
    const counts = table.querySelector('[data-counts]')?.textContent ?? '';
    announce(host, counts);
  });
  table.replaceChildren(...comparison(host, island, facts, order.slice(0, 1), say));
  const place = part(host, 'result');
  place.replaceChildren(heading, ...(state ? keptLine(host, state, say) : []), choice, table);
  place.hidden = false;
}

function keptLine(host: HTMLElement, { machine, kept }: MachineState, say: Translate): Node[] {
  const line = make('p', { class: 'lab-hint' }, say(`machine.kept.${kept}`), ' ');
  if (machine) line.append(say('machine.saved', { date: machine.saved }));
  const forget = make('button', { type: 'button', class: 'button' }, say('machine.forget'));
  forget.addEventListener('click', () => {
    forgetMachine();
    // The button is gone: go on where a new output is pasted. The text that is there stays.
    host.querySelector('textarea')?.focus();
  });
  return [line, make('div', { class: 'pane-actions' }, forget)];
}

/** Check boxes for the recorded machines, the nearest first and chosen. */
function chooser(order: readonly string[], say: Translate, changed: (chosen: string[]) => void): HTMLElement {
  const boxes = order.map((id, at) => {
    const box = make('input', { type: 'checkbox', name: 'machine', value: id });
    box.checked = at === 0;
    return box;
  });
  const labels = boxes.map((box, at) =>
    make(
      'label',
      {},
      box,
      ' ',
      make('code', { translate: 'no' }, box.value),
      at === 0 ? ' ' : undefined,
      at === 0 ? make('span', { class: 'badge', 'data-kind': 'kernel' }, say('machine.nearest')) : undefined,
    ),
  );
  const set = make('fieldset', { class: 'machine-choice' }, make('legend', {}, say('machine.with')), ...labels);
  set.addEventListener('change', () => changed(boxes.filter(({ checked }) => checked).map(({ value }) => value)));
  return set;
}
