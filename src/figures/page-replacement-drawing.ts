/** Draws a state of `page-replacement` as SVG, 296 units wide. Pure: the same text while the site is built and in the page. */
import type { PolicyState, ReplacementState } from './page-replacement.ts';

/** Words in the drawing: `asked`, `faults`, `hit`, `fault`, `leaves` (before a page's number), `next`, `used`. */
export type Labels = Record<string, string>;

const cell = 29;
const rowHeight = 58;
const firstRow = 82;

const text = (x: number, y: number, words: string | number, classes = '') =>
  `<text class="${classes}" x="${x}" y="${y}">${words}</text>`;

function requests(asked: readonly number[], step: number): string {
  return asked
    .map((page, at) => {
      const now = at + 1 === step;
      const x = 2 + at * cell;
      const box = `<rect class="${now ? 'f-process' : 'f-ticket'}" x="${x}" y="20" width="25" height="26" rx="${now ? 5 : 2}" style="color: var(--muted)"/>`;
      return box + text(x + 12.5, 37.5, page, `f-code f-middle ${now ? 'f-strong' : at + 1 < step ? 'f-muted' : ''}`);
    })
    .join('');
}

function row(state: PolicyState, at: number, asked: number | null, labels: Labels): string {
  const y = firstRow + at * rowHeight;
  const full = state.frames.every(({ page }) => page !== null);
  const frames = state.frames.map(({ page, used }, index) => {
    const x = 60 + index * 44;
    const hot = page !== null && page === asked;
    const colour = hot ? (state.outcome === 'hit' ? 'var(--ok)' : 'var(--fail)') : 'var(--kernel)';
    const box = `<rect class="f-kernel" x="${x}" y="${y}" width="38" height="30" style="stroke: ${colour}; stroke-width: ${hot ? 2.5 : 1.5}"/>`;
    const number = text(x + 19, y + 20, page ?? '', 'f-code f-middle f-strong');
    const mark =
      state.policy === 'CLOCK' && used ? `<circle cx="${x + 32}" cy="${y + 6}" r="3.5" style="fill: var(--process)"/>` : '';
    const pointer =
      full && index === state.next ? `<path d="M${x + 14} ${y - 10}h10l-5 7z" style="fill: var(--muted)"/>` : '';
    return box + number + mark + pointer;
  });
  const outcome =
    state.outcome === null
      ? ''
      : state.outcome === 'hit'
        ? text(196, y + 13, `✓ ${labels['hit']}`, 'f-ok')
        : text(196, y + 13, `✕ ${labels['fault']}`, 'f-fail f-strong');
  const left = state.left === null ? '' : text(196, y + 29, `${labels['leaves']} ${state.left}`, 'f-muted');
  return [
    text(2, y + 20, state.policy, 'f-code f-strong'),
    ...frames,
    outcome,
    left,
    text(292, y + 21, state.faults, 'f-code f-strong f-end'),
  ].join('');
}

/** The SVG of one state. `asked` is the whole row of requests. */
export function drawReplacement(asked: readonly number[], state: ReplacementState, labels: Labels): string {
  const legend = firstRow + state.policies.length * rowHeight;
  return [
    `<svg viewBox="0 0 296 ${legend + 32}" aria-hidden="true">`,
    text(0, 12, labels['asked'] ?? '', 'f-muted'),
    requests(asked, state.step),
    text(292, firstRow - 16, labels['faults'] ?? '', 'f-muted f-end'),
    ...state.policies.map((policy, at) => row(policy, at, state.asked, labels)),
    `<path d="M3 ${legend - 5}h10l-5 7z" style="fill: var(--muted)"/>`,
    text(20, legend + 3, labels['next'] ?? '', 'f-muted'),
    `<circle cx="8" cy="${legend + 18}" r="3.5" style="fill: var(--process)"/>`,
    text(20, legend + 22, labels['used'] ?? '', 'f-muted'),
    '</svg>',
  ].join('');
}
