/**
 * A container is stopped, second by second: who gets SIGTERM, who passes it on, what becomes of the requests, and what is left as exit code.
 * The rules: PID 1 gets no signal that it has no handler for, but SIGKILL from outside; when PID 1 ends, the kernel ends everything else
 * (pid_namespaces(7)). SIGTERM goes to PID 1 alone, after the preStop hook; SIGKILL comes when the grace period, which includes the hook, is
 * over (Kubernetes, Pod lifecycle). The order of npm, sh and node, and its exit code, are what was measured for the lesson. Pure.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, processBox, text } from './drawing/svg.ts';

/** What a process does on SIGTERM: it has no handler, hands it to its child, or finishes its requests and ends with 0. */
export type Reaction = 'none' | 'forwards' | 'drains';

export interface Program {
  name: string;
  pid: number;
  reaction: Reaction;
  /** What it leaves when SIGTERM ended the program that it waits for; without this, the 143 that a shell and tini hand on. */
  leaves?: number;
}

export interface Plan {
  /** How the container was started; shown as it is. */
  command: string;
  /** From PID 1 on; each is the parent of the next one, and waits for it. The last one is the server. */
  chain: readonly Program[];
  /** All times are seconds. */
  grace: number;
  preStop: number;
  /** How long one request takes; one is in flight when the stop begins. */
  request: number;
  /** The load balancer sends a new request each second before this one: it has not heard of the stop. */
  noticed: number;
}

export type Signal = 'SIGTERM' | 'SIGKILL';
/** What the last signal did to a process, or how the process ended. */
export type Fate = 'runs' | 'dropped' | 'forwarded' | 'draining' | 'gone';

export interface Moment {
  plan: Plan;
  /** Since the stop began; null before it. */
  at: number | null;
  /** Sent in this very second. */
  sent: Signal | null;
  fates: readonly Fate[];
  inFlight: number;
  answered: number;
  /** Cut off in the middle, and turned away at the door. */
  cut: number;
  refused: number;
  /** Of PID 1, and so of the container; null while it runs. */
  code: number | null;
}

const running = (plan: Plan): Moment => ({
  plan,
  at: null,
  sent: null,
  fates: plan.chain.map(() => 'runs'),
  inFlight: 1,
  answered: 0,
  cut: 0,
  refused: 0,
  code: null,
});

/** PID 1 has ended with `code`: the kernel ends the rest, and whoever waits gets no answer. Who passed SIGTERM on is still told. */
function ended(moment: Moment, code: number): Moment {
  const { fates, cut, inFlight } = moment;
  return {
    ...moment,
    code,
    fates: fates.map((fate) => (fate === 'forwarded' ? fate : 'gone')),
    cut: cut + inFlight,
    inFlight: 0,
  };
}

/** The signal reaches the process at `index` of the chain. */
export function deliver(moment: Moment, index: number, signal: Signal): Moment {
  const program = moment.plan.chain[index];
  if (!program) throw new Error(`there is no process ${index} in the chain`);
  if (signal === 'SIGKILL') return ended(moment, 137);
  const fate = (now: Fate): Moment => ({ ...moment, fates: moment.fates.with(index, now) });
  if (program.reaction === 'forwards') return deliver(fate('forwarded'), index + 1, signal);
  if (program.reaction === 'drains') return moment.inFlight > 0 ? fate('draining') : ended(fate('draining'), 0);
  // Its parent waits for it and ends as well, and so on up to PID 1.
  return index === 0 ? fate('dropped') : ended(fate('gone'), moment.plan.chain[0]?.leaves ?? 128 + 15);
}

/** Whether a new connection is taken. */
const open = ({ code, fates }: Moment): boolean => code === null && fates.at(-1) !== 'draining';

/** Every second from the running container to the end of PID 1. */
export function stop(plan: Plan): Moment[] {
  const moments = [running(plan)];
  let left = [plan.request];
  for (let at = 0; ; at++) {
    let now: Moment = { ...(moments.at(-1) as Moment), at, sent: null };
    left = at === 0 ? left : left.map((seconds) => seconds - 1);
    const done = left.filter((seconds) => seconds === 0).length;
    left = left.filter((seconds) => seconds > 0);
    now = { ...now, inFlight: left.length, answered: now.answered + done };
    if (now.fates.at(-1) === 'draining' && left.length === 0) now = ended(now, 0);
    if (now.code === null && at === plan.preStop) now = { ...deliver(now, 0, 'SIGTERM'), sent: 'SIGTERM' };
    if (now.code === null && at === plan.grace) now = { ...deliver(now, 0, 'SIGKILL'), sent: 'SIGKILL' };
    if (now.code !== null) left = [];
    if (at < plan.noticed) {
      if (open(now)) left.push(plan.request);
      now = open(now) ? { ...now, inFlight: left.length } : { ...now, refused: now.refused + 1 };
    }
    moments.push(now);
    // The last refusals come after the end, so the balancer has to notice first.
    if (now.code !== null && at + 1 >= plan.noticed) return moments;
  }
}

const docker = { grace: 10, preStop: 0, request: 3, noticed: 0 };
const node = (pid: number, reaction: Reaction): Program => ({ name: 'node', pid, reaction });

export const plans = {
  shell: {
    ...docker,
    noticed: 10,
    command: 'CMD node server.js',
    chain: [{ name: 'sh -c', pid: 1, reaction: 'none' }, node(7, 'drains')],
  },
  bare: { ...docker, noticed: 10, command: 'CMD ["node", "server.js"]', chain: [node(1, 'none')] },
  npm: {
    ...docker,
    command: 'CMD ["npm", "start"]',
    chain: [
      { name: 'npm start', pid: 1, reaction: 'forwards', leaves: 1 },
      { name: 'sh -c', pid: 18, reaction: 'none' },
      node(19, 'drains'),
    ],
  },
  init: {
    ...docker,
    command: 'docker run --init',
    chain: [{ name: 'tini', pid: 1, reaction: 'forwards' }, node(7, 'none')],
  },
  handler: { ...docker, command: 'CMD ["node", "server.js"]', chain: [node(1, 'drains')] },
  long: { ...docker, request: 25, command: 'CMD ["node", "server.js"]', chain: [node(1, 'drains')] },
  race: { ...docker, grace: 30, noticed: 4, command: 'Pod', chain: [node(1, 'drains')] },
  hook: { ...docker, grace: 30, noticed: 4, preStop: 5, command: 'Pod + preStop 5 s', chain: [node(1, 'drains')] },
} as const satisfies Record<string, Plan>;

/** The moment of a stop at a second; -1 is the one before it. */
function moment(plan: Plan, at: number): Moment {
  const found = stop(plan)[at + 1];
  if (!found) throw new Error(`the stop of ${plan.command} is over before second ${at}`);
  return found;
}

const states: readonly Moment[] = [
  moment(plans.shell, -1),
  moment(plans.shell, 0),
  moment(plans.shell, 10),
  moment(plans.bare, 10),
  moment(plans.npm, 0),
  moment(plans.init, 0),
  moment(plans.handler, 0),
  moment(plans.handler, 3),
  moment(plans.long, 10),
  moment(plans.race, 1),
  moment(plans.hook, 1),
  moment(plans.hook, 6),
];

const rowTop = (at: number) => 32 + at * 50;
const bar = { left: 1, top: 196, width: 240, height: 14 };
const round = (value: number) => Math.round(value * 10) / 10;

function program({ plan, fates, sent, code }: Moment, at: number, label: Label): string {
  const { name, pid, reaction } = plan.chain[at] as Program;
  const fate = fates[at] as Fate;
  const y = rowTop(at);
  const lost = fate === 'dropped' || (fate === 'gone' && code !== 0);
  const kinds = lost ? ' f-fail' : fate === 'draining' ? ' f-ok' : ' f-muted';
  const told = sent !== null && fates[at - 1] === 'forwarded';
  return [
    at > 0 ? line(told ? 'f-line f-now' : 'f-line', `M20 ${y - 14}v14`) : '',
    code === null ? processBox(1, y, 160, 36) : line('f-free', `M1 ${y}h160v36h-160z`),
    text(12, y + 23, 'f-code f-strong', name),
    text(152, y + 23, 'f-code f-muted f-end', `PID ${pid}`),
    text(172, y + 14, `f-strong${kinds}`, label(fate)),
    text(172, y + 31, 'f-muted', label(reaction)),
  ].join('');
}

function draw(now: Moment, label: Label): string {
  const { plan, at, sent, code } = now;
  const x = (seconds: number) => round(bar.left + (seconds / plan.grace) * bar.width);
  const killed = sent === 'SIGKILL';
  const counts: readonly [string, number, string][] = [
    ['inFlight', now.inFlight, ''],
    ['answered', now.answered, ' f-ok'],
    ['cut', now.cut, ' f-fail'],
    ['refused', now.refused, ' f-fail'],
  ];
  return drawing(
    296,
    text(1, 16, 'f-code f-strong', plan.command),
    text(295, 16, `f-code f-strong f-end${killed ? ' f-fail' : ''}`, sent ?? ''),
    ...plan.chain.map((_, index) => program(now, index, label)),
    // The clock of the stop: filled as far as it has come, with the limit at its end.
    text(bar.left, bar.top - 8, 'f-muted', at === null ? label('before') : `${at} s`),
    text(295, bar.top - 8, `f-end${killed ? ' f-fail f-strong' : ' f-limit-text'}`, `SIGKILL ${plan.grace} s`),
    `<rect class="f-metal" x="${bar.left}" y="${bar.top}" width="${bar.width}" height="${bar.height}"/>`,
    `<rect class="f-solid f-of-process" x="${bar.left}" y="${bar.top}" width="${round(x(at ?? 0) - bar.left)}" height="${bar.height}"/>`,
    plan.preStop > 0 ? line('f-due', `M${x(plan.preStop)} ${bar.top - 3}v${bar.height + 6}`) : '',
    line(killed ? 'f-limit f-refused' : 'f-limit', `M${x(plan.grace)} ${bar.top - 4}v${bar.height + 8}`),
    text(
      295,
      bar.top + 12,
      `f-end f-strong${code === 0 ? ' f-ok' : code === null ? ' f-muted' : ' f-fail'}`,
      `exit ${code ?? '…'}`,
    ),
    ...counts.map(([name, count, kinds], index) => {
      const [left, y] = [index % 2 === 0 ? 1 : 152, bar.top + 44 + Math.floor(index / 2) * 24];
      const tone = count > 0 ? ` f-strong${kinds}` : ' f-muted';
      return text(left, y, tone.trim(), `${label(name)}`) + text(left + 128, y, `f-code f-end${tone}`, `${count}`);
    }),
    // Who else would send requests; after a kill nobody took it off a list.
    text(
      1,
      bar.top + 94,
      'f-muted',
      plan.noticed === 0 || killed ? '' : label((at ?? -1) < plan.noticed ? 'sends' : 'knows'),
    ),
  );
}

export const figure: StepFigure<Moment> = { states, draw };
