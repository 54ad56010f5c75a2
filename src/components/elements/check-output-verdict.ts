import { judge } from '../../checker/index.ts';
import type { CheckResult, LabDefinition, Status, StepResult, Verdict } from '../../checker/types.ts';
import { type PageIsland, pageIslandId } from '../lab/island.ts';
import type { LabKnowledge } from '../lab/knowledge.ts';
import { diffTable } from './check-output-diff.ts';
import { make } from './dom.ts';
import { causeWords, loadKnowledge } from './lab-knowledge.ts';
import { tellOutputSeen } from './output-seen.ts';
import { loadStrings, type Translate } from './strings.ts';

const kinds: Record<Status | Verdict['outcome'], string> = {
  passed: 'ok',
  failed: 'fail',
  skipped: 'skipped',
  missing: 'limit',
  partial: 'limit',
  unusable: 'limit',
};

/** The lab's own words stand in the page already: the steps, and what each check proves. */
function words(host: HTMLElement, selector: string): DocumentFragment | undefined {
  const found = (host.closest('.lab') ?? host).querySelector(selector);
  if (!found) return undefined;
  const copy = document.createDocumentFragment();
  copy.append(...[...found.childNodes].map((node) => node.cloneNode(true)));
  return copy;
}

/** The JSON of an island; each is read once, at the first check. */
const islandOf = <Shape>(script: Element | null | undefined): Shape => JSON.parse(script?.textContent ?? 'null');

/** What a `<check-output>` expects of its lab. */
const expectedIn = (host: Element) => host.querySelector(':scope > script[type="text/plain"]')?.textContent ?? '';

/** Where else a verdict may stand than under the form: the text did not come from it, and the focus stays where it is. */
export interface Elsewhere {
  place: HTMLElement;
  status: Element;
}

/**
 * Judges a text and shows the verdict.
 *
 * @param host the `<check-output>` of the lab, which has what is expected and the words for it
 * @param text undefined for a file that was too large to be read
 */
export async function check(host: HTMLElement, text: string | undefined, elsewhere?: Elsewhere): Promise<void> {
  const [strings, known] = await Promise.all([loadStrings(), loadKnowledge(host)]);
  const noWords = { ko: '', en: '' };
  const mismatches = known.causes.map(({ id, when }) => ({ id, when, cause: noWords, remedy: noWords }));
  const lab: LabDefinition = { id: host.dataset['lab'] ?? '', expected: expectedIn(host), mismatches };
  const page = islandOf<PageIsland>(document.getElementById(pageIslandId));
  // Of a lab on another page only the name is known; of those on this page, also what they print.
  const labs = Object.keys(page.places).map((id): LabDefinition => {
    const there = document.getElementById(`check-${id}`);
    return { id, expected: there ? expectedIn(there) : '', mismatches: [] };
  });
  const verdict = text === undefined ? tooLarge(lab.id) : judge(text, lab, labs);
  const say: Translate = (key, values) => strings(key, { lab: lab.id, ...values });
  showVerdict(host, verdict, { ...page, known }, text ?? '', say, elsewhere);
}

function tooLarge(lab: string): Verdict {
  return { lab, outcome: 'unusable', problem: 'too-large', steps: [], diff: [], causes: [], facts: {} };
}

/** Shows a verdict, reads its result out, and, under the form, moves the focus to where the reader goes on. */
function showVerdict(
  host: HTMLElement,
  verdict: Verdict,
  page: PageIsland & { known: LabKnowledge },
  text: string,
  say: Translate,
  elsewhere: Elsewhere | undefined,
): void {
  const place = elsewhere?.place ?? host.querySelector<HTMLElement>('.verdict');
  const status = elsewhere?.status ?? host.querySelector('[role="status"]');
  const textarea = host.querySelector('textarea');
  if (!place || !status || !textarea) return;

  const unusable = verdict.outcome === 'unusable';
  const headline = say(`checker.outcome.${verdict.outcome}`);
  // One and two levels below the heading of the form, which is higher on the lab's own page than in a lesson.
  const [headlineTag, partTag] = host.querySelector(':scope > h2') ? (['h3', 'h4'] as const) : (['h5', 'h6'] as const);
  const heading = make(
    headlineTag,
    { class: 'verdict-headline', tabindex: '-1' },
    make('span', { class: 'badge', 'data-kind': kinds[verdict.outcome] }, say(`lab.verdict.badge.${verdict.outcome}`)),
    ' ',
    headline,
  );
  const counts = unusable ? undefined : make('p', { class: 'lab-hint' }, countsOf(verdict, say));
  const parts = [heading, counts, problem(verdict, page, say), others(verdict, page, text, say)];
  place.replaceChildren(...parts.filter((part) => part !== undefined));
  if (verdict.causes.length > 0) {
    const causes = verdict.causes.map(({ id }) => causeNotice(id, page.known, say));
    place.append(make(partTag, {}, say('checker.heading.causes')), ...causes);
  }
  if (verdict.steps.length > 0) {
    const steps = verdict.steps.map((step) => stepItem(host, step, say));
    place.append(make(partTag, {}, say('checker.heading.steps')), make('ol', { class: 'verdict-steps' }, ...steps));
  }
  if (verdict.diff.length > 0) place.append(...diffTable(verdict, partTag, say));

  place.hidden = false;
  status.textContent = [headline, parts[2]?.textContent, counts?.textContent].filter(Boolean).join(' ');
  if (!unusable) tellOutputSeen(host);
  if (elsewhere) return;
  if (unusable) textarea.setAttribute('aria-invalid', 'true');
  else textarea.removeAttribute('aria-invalid');
  heading.focus();
}

function countsOf({ steps }: Verdict, say: Translate): string {
  const all = steps.flatMap(({ checks }) => checks);
  return (['passed', 'failed', 'skipped', 'missing'] as const)
    .map((status) => [status, all.filter((check) => check.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => say(`lab.verdict.count.${status}`, { count }))
    .join(' · ');
}

/** Where the output of another lab is judged: in its pane on this page, or on that lab's own page. */
function placeOf(id: string, page: PageIsland): string | undefined {
  const here = `lab-${id}`;
  return document.getElementById(here) ? `#${here}` : page.places[id];
}

/** Why the text could not be judged, or not wholly, and where its lab stands. */
function problem(verdict: Verdict, page: PageIsland, say: Translate): HTMLElement | undefined {
  if (!verdict.problem) return undefined;
  const other = verdict.otherLab ?? '';
  const notice = make('div', { class: 'notice', 'data-kind': 'limit' });
  notice.append(make('p', {}, say(`checker.problem.${verdict.problem}`, { other })));
  const href = placeOf(other, page);
  if (href) notice.append(make('p', {}, make('a', { href }, say('lab.verdict.goTo', { other }))));
  return notice;
}

/** A terminal often holds several labs of a lesson: this pane judges its own, and says where the others belong. */
function others(verdict: Verdict, page: PageIsland, text: string, say: Translate): HTMLElement | undefined {
  if (verdict.outcome === 'unusable') return undefined;
  const ids = new Set([...text.matchAll(/^.{0,200}?== lab ([a-z0-9-]{1,60}) v\d/gm)].map(([, id = '']) => id));
  const links = [...ids].filter((id) => id !== verdict.lab && id in page.places);
  if (links.length === 0) return undefined;
  const list = links.flatMap((id) => [make('a', { href: placeOf(id, page) ?? '' }, id), ' ']);
  return make('p', { class: 'notice' }, say('lab.verdict.others'), ' ', ...list);
}

function causeNotice(id: string, { causes }: LabKnowledge, say: Translate): HTMLElement {
  const found = causes.find((cause) => cause.id === id);
  return make(
    'div',
    { class: 'notice', 'data-kind': 'limit' },
    found ? causeWords(found.cause, found.remedy, say) : id,
  );
}

function stepItem(host: HTMLElement, step: StepResult, say: Translate): HTMLElement {
  const title = words(host, `[data-step="${CSS.escape(step.id)}"] .lab-step-title`);
  const details = make(
    'details',
    step.status === 'failed' || step.status === 'missing' ? { open: '' } : {},
    make('summary', {}, badge(step.status, say), ' ', title ?? make('code', {}, step.id)),
  );
  if (step.status !== 'passed') {
    const explain = words(host, `[data-step="${CSS.escape(step.id)}"] > div`);
    if (explain) details.append(make('div', { class: 'lab-hint' }, explain));
  }
  details.append(make('ul', {}, ...step.checks.map((check) => checkItem(host, check, say))));
  return make('li', {}, details);
}

function checkItem(host: HTMLElement, check: CheckResult, say: Translate): HTMLElement {
  const proves = words(host, `[data-check="${CSS.escape(check.id)}"] td`);
  const text = make('div', {}, make('code', { class: 'check-id' }, check.id));
  if (proves) text.prepend(check.status === 'passed' ? '' : `${say('lab.verdict.shouldHold')} `, proves, ' ');
  if (check.reason) text.append(make('p', { class: 'lab-hint' }, say('lab.verdict.reason', { reason: check.reason })));
  return make('li', {}, badge(check.status, say), text);
}

function badge(status: Status, say: Translate): HTMLElement {
  return make('span', { class: 'badge', 'data-kind': kinds[status] }, say(`checker.status.${status}`));
}
