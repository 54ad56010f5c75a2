/** Two threads sell from the same stock without a mutex: both read before either writes. */
import { drawShared, play, type Shared, unlocked } from './drawing/shared-stock.ts';
import type { StepFigure } from './drawing/step-figure.ts';

export const figure: StepFigure<Shared> = {
  states: play(unlocked, ['A', 'B', 'A', 'B', 'A', 'B']),
  draw: (state, label) => drawShared(state, unlocked, label),
};
