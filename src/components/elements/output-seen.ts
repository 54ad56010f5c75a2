/** The event of whatever shows the reader an output (a run, a replay, a verdict). It bubbles to the pane of the snippet or lab. */
export const outputSeen = 'course:output-seen';

/** Tells the pane around `host` that an output is in front of the reader. */
export function tellOutputSeen(host: HTMLElement): void {
  host.dispatchEvent(new CustomEvent(outputSeen, { bubbles: true }));
}
