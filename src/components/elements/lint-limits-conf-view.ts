import { describeLimitsConf, type LimitsConfFinding, lintLimitsConf } from '../../checker/index.ts';
import type { UiKey } from '../../site/schemas/i18n.ts';
import { badgeOf, type LintedLine, linesOf, tally } from '../lab/limits-conf.ts';
import { make } from './dom.ts';
import { loadStrings, type Translate } from './strings.ts';

/** A pasted megabyte may have this many lines and more; nobody reads further, and the page would stall. */
const mostLines = 300;

/** Puts the verdict on each line of `text` where the one on the example stands. */
export async function showFindings(host: HTMLElement, text: string): Promise<void> {
  const say = await loadStrings();
  const findings = lintLimitsConf(text);
  const { solved, ...counts } = tally(findings);

  const status = host.querySelector<HTMLElement>('[data-tally]');
  if (status) {
    if (solved) status.dataset['kind'] = 'ok';
    else delete status.dataset['kind'];
    status.replaceChildren(make('p', {}, say('lab.conf.tally', counts)));
    if (solved) status.prepend(make('p', {}, make('strong', {}, say('lab.conf.solved'))));
    if (solved && counts.warning > 0) status.append(make('p', {}, say('lab.conf.warningsLeft')));
  }
  const lines = linesOf(findings);
  const items = lines.slice(0, mostLines).map((line) => lineItem(line, say));
  if (lines.length > mostLines) items.push(make('li', {}, say('lab.conf.more', { count: lines.length - mostLines })));
  host.querySelector('.conf-lines')?.replaceChildren(...items);
}

function lineItem({ line, text, findings }: LintedLine, say: Translate): HTMLElement {
  return make(
    'li',
    { value: `${line}` },
    make('code', { class: 'conf-text', translate: 'no' }, text),
    make('ul', {}, ...findings.map((finding) => findingItem(finding, say))),
  );
}

function findingItem(finding: LimitsConfFinding, say: Translate): HTMLElement {
  const { level } = finding;
  const badge =
    level === 'comment'
      ? undefined
      : make('span', { class: 'badge', 'data-kind': badgeOf[level] }, say(`lab.conf.level.${level}`));
  // The checker knows nothing of this site's keys; a test holds that each code has its words.
  const words = describeLimitsConf(finding, (key, params) => say(key as UiKey, params));
  return make('li', { 'data-level': level }, badge, ' ', words);
}
