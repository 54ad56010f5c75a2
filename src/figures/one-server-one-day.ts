/**
 * One server through one day: it waits in the provider's pool, is lent to us, comes back, and is lent to somebody else. Each borrower's
 * meter counts only the hours in which the server is lent to them (NIST SP 800-145: pooling, elasticity, measured service).
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, text } from './drawing/svg.ts';

export type Holder = 'us' | 'pool' | 'other';

/** Who holds the server from each hour on. */
export const loans: readonly { from: number; to: number; holder: Holder }[] = [
  { from: 9, to: 12, holder: 'pool' },
  { from: 12, to: 14, holder: 'us' },
  { from: 14, to: 15, holder: 'pool' },
  { from: 15, to: 18, holder: 'other' },
];

/** Who has the server at `now`; at a hand-over, the one who gets it. */
export function holderAt(now: number): Holder {
  return loans.findLast(({ from }) => from <= now)?.holder ?? 'pool';
}

/** Hours of the day until `now` in which `holder` had the server: what that meter shows. */
export function metered(holder: Holder, now: number): number {
  const hours = loans.map(({ from, to, holder: one }) => (one === holder ? Math.min(now, to) - from : 0));
  return hours.reduce((sum, one) => sum + Math.max(0, one), 0);
}

export interface State {
  /** Hour of the day. */
  now: number;
}

const [left, perHour, tall] = [64, 25, 34];
const x = (hour: number) => left + (hour - 9) * perHour;
const lanes: Record<Holder, number> = { us: 46, pool: 108, other: 170 };
const names: readonly Holder[] = ['us', 'pool', 'other'];

/** The time that the server spends with one holder: dotted as far as it is still to come. */
function block({ from, to, holder }: (typeof loans)[number], now: number): string {
  const y = lanes[holder];
  const planned = line('f-free', `M${x(from)} ${y}H${x(to)}v${tall}H${x(from)}z`);
  if (now <= from) return planned;
  const width = (Math.min(now, to) - from) * perHour;
  const rest = now < to ? planned : '';
  if (holder === 'pool') return rest + kernelBox(x(from), y, width, tall);
  const kinds = holder === 'us' ? 'f-process' : 'f-metal';
  return `${rest}<rect class="${kinds}" x="${x(from)}" y="${y}" width="${width}" height="${tall}" rx="9"/>`;
}

/** The server itself. */
function server(now: number): string {
  const y = lanes[holderAt(now)] + 4;
  return `<rect class="f-metal f-now" x="${x(now) - 8}" y="${y}" width="16" height="26"/>${line('f-line', `M${x(now) - 4} ${y + 8}h8M${x(now) - 4} ${y + 14}h8`)}`;
}

/** The moment of a hand-over, with the number of the condition that it shows. */
function move(hour: number, from: number, to: number): string {
  const down = to > from;
  const tip = down ? to - 2 : to + 2;
  const head = down ? `M${x(hour) - 5} ${tip - 7}l5 7l5 -7` : `M${x(hour) - 5} ${tip + 7}l5 -7l5 7`;
  return line('f-line', `M${x(hour)} ${from}V${tip}${head}`);
}

function draw({ now }: State, label: Label): string {
  const hours = metered('us', now);
  const running = now > 12 && now < 14;
  return drawing(
    236,
    text(0, 16, hours ? 'f-strong f-process-text' : 'f-muted', `⑤ ${label('meter')}`),
    text(x(12), 16, 'f-code f-strong f-process-text', `${hours} h`),
    text(x(13) + 6, 16, 'f-muted', running ? label('counting') : ''),
    ...names.map((name) => text(0, lanes[name] + 21, 'f-strong', label(name))),
    ...loans.map((loan) => block(loan, now)),
    text(x(9) + 12, lanes.pool + 21, now > 9 ? '' : 'f-muted', `③ ${label('waits')}`),
    now >= 12 ? move(12, lanes.pool, lanes.us + tall) : '',
    now >= 12 ? text(x(12) - 8, 98, 'f-end', `① ${label('get')}`) : '',
    now >= 14 ? move(14, lanes.us + tall, lanes.pool) : '',
    now >= 14 ? text(x(14) + 8, 98, '', `④ ${label('giveBack')}`) : '',
    now >= 15 ? move(15, lanes.pool + tall, lanes.other) : '',
    server(now),
    line('f-line', `M${x(now)} ${lanes.other + tall + 5}v8`),
    text(Math.min(x(now), x(17)), 232, 'f-code f-strong f-middle', `${now}:00`),
  );
}

export const figure: StepFigure<State> = { states: [9, 12, 13, 14, 15, 18].map((now) => ({ now })), draw };
