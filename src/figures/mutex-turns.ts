/** The two threads of lost-update.ts with a mutex: B comes in between once more, and has to wait. */
import { drawShared, locked, play, type Shared } from './drawing/shared-stock.ts';
import type { StepFigure } from './drawing/step-figure.ts';

export const figure: StepFigure<Shared> = {
  states: play(locked, ['A', 'A', 'B', 'A', 'A', 'A', 'B', 'B', 'B', 'B', 'B']),
  draw: (state, label) => drawShared(state, locked, label),
};
