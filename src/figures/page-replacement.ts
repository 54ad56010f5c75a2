/**
 * Page replacement, step by step: the same requests for pages, answered by FIFO, LRU and CLOCK beside each other. Pure, and the algorithms
 * are the textbook ones: FIFO sends away what came first, LRU what was not used for longest, and CLOCK is FIFO with a second chance.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, text } from './drawing/svg.ts';

export type Policy = 'FIFO' | 'LRU' | 'CLOCK';

export interface Frame {
  /** The page in this frame; null while it is empty. */
  page: number | null;
  /** CLOCK's bit: asked for since the hand last came by. */
  used: boolean;
}

export interface PolicyState {
  policy: Policy;
  frames: Frame[];
  /** Index of the frame that CLOCK's hand points at, or that FIFO and LRU would give away next. */
  next: number;
  /** Page faults so far. */
  faults: number;
  /** What the request of this step met; null before the first. */
  outcome: 'hit' | 'loaded' | 'replaced' | null;
  /** The page that had to leave in this step. */
  left: number | null;
}

export interface ReplacementState {
  /** Requests answered so far; 0 before the first. */
  step: number;
  /** The page asked for in this step; null before the first. */
  asked: number | null;
  policies: PolicyState[];
}

interface Memory extends PolicyState {
  /** Step in which each frame was filled, and in which it was last asked for. */
  filled: number[];
  touched: number[];
}

const begin = (policy: Policy, size: number): Memory => ({
  policy,
  frames: Array.from({ length: size }, () => ({ page: null, used: false })),
  next: 0,
  faults: 0,
  outcome: null,
  left: null,
  filled: Array.from({ length: size }, () => -1),
  touched: Array.from({ length: size }, () => -1),
});

const smallest = (times: number[]): number => times.indexOf(Math.min(...times));

/** The frame to give away. For CLOCK this moves the hand and takes the bit from each frame that it spares. */
function victim(memory: Memory): number {
  if (memory.policy === 'FIFO') return smallest(memory.filled);
  if (memory.policy === 'LRU') return smallest(memory.touched);
  let hand = memory.next;
  for (let frame = memory.frames[hand]; frame?.used; frame = memory.frames[hand]) {
    frame.used = false;
    hand = (hand + 1) % memory.frames.length;
  }
  return hand;
}

function answer(memory: Memory, page: number, step: number): void {
  const { frames, filled, touched } = memory;
  let at = frames.findIndex((frame) => frame.page === page);
  memory.left = null;
  memory.outcome = 'hit';
  if (at < 0) {
    memory.faults += 1;
    const empty = frames.findIndex((frame) => frame.page === null);
    at = empty < 0 ? victim(memory) : empty;
    memory.outcome = empty < 0 ? 'replaced' : 'loaded';
    memory.left = frames[at]?.page ?? null;
    filled[at] = step;
    if (memory.policy === 'CLOCK') memory.next = (at + 1) % frames.length;
  }
  frames[at] = { page, used: true };
  touched[at] = step;
  if (memory.policy === 'FIFO') memory.next = smallest(filled);
  if (memory.policy === 'LRU') memory.next = smallest(touched);
}

const seen = ({ policy, frames, next, faults, outcome, left }: Memory): PolicyState => ({
  policy,
  frames: frames.map((frame) => ({ ...frame })),
  next,
  faults,
  outcome,
  left,
});

/** The state before the first request and after each, for the pages asked for in this order and `size` frames. */
export function replacementStates(
  asked: readonly number[],
  size: number,
  policies: readonly Policy[] = ['FIFO', 'LRU', 'CLOCK'],
): ReplacementState[] {
  const memories = policies.map((policy) => begin(policy, size));
  const states: ReplacementState[] = [{ step: 0, asked: null, policies: memories.map(seen) }];
  for (const [at, page] of asked.entries()) {
    for (const memory of memories) answer(memory, page, at + 1);
    states.push({ step: at + 1, asked: page, policies: memories.map(seen) });
  }
  return states;
}

/** The requests of the figure: 1 and 2 are in demand. */
const requests = [1, 2, 3, 1, 2, 4, 2, 1, 2, 3];
const firstRow = 84;
const rowHeight = 58;
const rowTop = (at: number) => firstRow + at * rowHeight;

const pointer = (x: number, y: number) => `<path class="f-arrow" d="M${x - 5} ${y}h10l-5 7z"/>`;
const dot = (x: number, y: number) => `<circle class="f-mark" cx="${x}" cy="${y}" r="3.5"/>`;

/** The row of requests; the present one in a frame. */
const requestRow = (step: number): string[] =>
  requests.flatMap((page, at) => {
    const x = 13 + at * 29.5;
    const kinds = at + 1 === step ? 'f-code f-middle f-strong' : 'f-code f-middle f-muted';
    const box = at + 1 === step ? `<rect class="f-process" x="${x - 12}" y="20" width="24" height="26" rx="6"/>` : '';
    return [box, text(x, 37.5, kinds, String(page))];
  });

function policyRow(state: PolicyState, at: number, asked: number | null, label: Label): string[] {
  const y = rowTop(at);
  const full = state.frames.every(({ page }) => page !== null);
  const slots = state.frames.flatMap(({ page, used }, index) => {
    const x = 60 + index * 44;
    const kind = page !== null && page === asked ? (state.outcome === 'hit' ? ' f-met' : ' f-now') : '';
    return [
      `<rect class="f-kernel${kind}" x="${x}" y="${y}" width="38" height="30"/>`,
      text(x + 19, y + 20, 'f-code f-middle f-strong', page === null ? '' : String(page)),
      state.policy === 'CLOCK' && used ? dot(x + 32, y + 6) : '',
      full && index === state.next ? pointer(x + 19, y - 10) : '',
    ];
  });
  const outcome =
    state.outcome === 'hit'
      ? text(196, y + 13, 'f-ok', `✓ ${label('hit')}`)
      : text(196, y + 13, 'f-fail f-strong', state.outcome === null ? '' : `✕ ${label('fault')}`);
  return [
    text(1, y + 20, 'f-code f-strong', state.policy),
    ...slots,
    outcome,
    state.left === null ? '' : text(196, y + 29, 'f-muted', `${label('leaves')} ${state.left}`),
    text(294, y + 21, 'f-code f-strong f-end', String(state.faults)),
  ];
}

function draw(state: ReplacementState, label: Label): string {
  const legend = rowTop(state.policies.length);
  return drawing(
    legend + 28,
    text(1, 12, 'f-muted', label('asked')),
    ...requestRow(state.step),
    text(294, firstRow - 18, 'f-muted f-end', label('faults')),
    ...state.policies.flatMap((policy, at) => policyRow(policy, at, state.asked, label)),
    pointer(8, legend - 6),
    text(20, legend + 2, 'f-muted', label('next')),
    dot(8, legend + 17),
    text(20, legend + 21, 'f-muted', label('used')),
  );
}

export const figure: StepFigure<ReplacementState> = { states: replacementStates(requests, 3), draw };
