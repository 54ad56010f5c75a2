/** Every wait of the WebContainer backend, in milliseconds. Tests shorten them; the values here are the ones of the site. */
export interface Timings {
  /** From here on the page says that it is slower than usual. */
  bootSlow: number;
  /** A boot that takes longer has failed: StackBlitz's own products draw the line at the same 30 s. */
  boot: number;
  /** For putting files in place, and again for starting a process. */
  step: number;
  /** Between `kill()` and giving up on the process. */
  killGrace: number;
  /** For the answer to a sign of life. */
  ping: number;
  /** A run that prints nothing for so long is asked for a sign of life: a host that has died says nothing by itself. */
  silence: number;
  /** After the exit, output that is on its way may still arrive: until it was quiet for so long, */
  drainQuiet: number;
  /** but no longer than this. */
  drainMax: number;
  /** For `node --version` after a boot. */
  version: number;
  /** For another tab to say whether it is busy, and to let go. */
  otherTab: number;
}

export const defaultTimings: Timings = {
  bootSlow: 8_000,
  boot: 30_000,
  step: 10_000,
  killGrace: 2_000,
  ping: 3_000,
  silence: 5_000,
  drainQuiet: 80,
  drainMax: 500,
  version: 5_000,
  otherTab: 500,
};
