/**
 * Page replacement, step by step: the same requests for pages, answered by FIFO, LRU and CLOCK beside each other. Pure, and the algorithms
 * are the textbook ones: FIFO and LRU as in Belady, Nelson, Shedler (Communications of the ACM, June 1969), CLOCK as FIFO with a second chance.
 */

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
