/** What a figure that the reader steps through is made of: states, and one function that draws any of them. */

/** A word of the figure's data file in the page's language. Throws for a name that the file does not have. */
export type Label = (name: string) => string;

/** A module `src/figures/<id>.ts` exports one as `figure`; its words and sentences are `src/content/figures/<id>.yaml`. */
export interface StepFigure<State> {
  /** In the order of the steps: the data file has one sentence for each. */
  readonly states: readonly State[];
  /** SVG markup of a state. The same at build time and in the page; every text in it goes through `text`. */
  draw(state: State, label: Label): string;
}

/** The figure's words of one language as a `Label`. */
export function labelsOf(id: string, words: Readonly<Record<string, string>>): Label {
  return (name) => {
    const word = Object.hasOwn(words, name) ? words[name] : undefined;
    if (word === undefined) throw new Error(`src/content/figures/${id}.yaml has no label "${name}".`);
    return word;
  };
}

/** The drawing of step `at`, which counts from 0. Throws where there is no such step. */
export function drawStep<State>(figure: StepFigure<State>, at: number, label: Label): string {
  const state = figure.states[at];
  if (state === undefined) throw new Error(`there is no step ${at}: the figure has ${figure.states.length}`);
  return figure.draw(state, label);
}
