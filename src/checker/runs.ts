import { joinWrapped, readCheck, readStep, topicOf } from './output.ts';

// Where in a paste the output of labs stands.

/** No lab prints so many lines; what a run has beyond them is not judged. */
export const mostLines = 5000;

/** From `== lab NAME vN` to `== end NAME fail=N`, or to where the paste stops or another run starts. */
export interface Run {
  lab: string;
  lines: string[];
  complete: boolean;
}

const header = /^== lab ([a-z0-9-]{1,60}) v\d{1,9}$/;
const footer = /^== end ([a-z0-9-]{1,60}) fail=\d{1,9}$/;
/** What may stand before every line of a quoted or indented output. */
const quoted = /^[\s>|│]{0,40}$/;

/** All runs of a paste, in order. Lines before, between and after them (prompts, other commands) are left out. */
export function findRuns(lines: readonly string[]): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  let prefix = '';
  const close = () => {
    if (run && !run.complete) run.lines.splice(lastOwn(run.lines) + 1);
    if (run) run.lines = joinWrapped(run.lines);
    run = undefined;
  };
  for (const raw of lines) {
    const at = raw.indexOf('== lab ');
    if (at >= 0 && quoted.test(raw.slice(0, at))) {
      const lab = header.exec(raw.slice(at))?.[1];
      if (lab) {
        close();
        prefix = raw.slice(0, at);
        run = { lab, lines: [], complete: false };
        runs.push(run);
      }
    }
    if (!run) continue;
    const line = raw.startsWith(prefix) ? raw.slice(prefix.length) : raw === prefix.trimEnd() ? '' : raw;
    if (line !== '') run.lines.push(line);
    run.complete = footer.exec(line)?.[1] === run.lab;
    if (run.complete || run.lines.length >= mostLines) close();
  }
  close();
  return runs;
}

/** The output of a lab whose first lines were not copied: from the first line that only a lab prints. Nothing where there is none. */
export function findFragment(lines: readonly string[]): (Omit<Run, 'lab'> & { lab: string | undefined }) | undefined {
  const solid = lines.filter((line) => line !== '');
  let first = solid.findIndex(
    // The first letter tells most lines apart, and this looks at every line of a long scroll-back.
    (line) => /^[-no=]/.test(line) && (readStep(line) !== undefined || readCheck(line) || footer.test(line)),
  );
  if (first < 0) return undefined;
  while (first > 0 && /^(fact|raw)/.test(topicOf(solid[first - 1] ?? ''))) first--;
  const rest = solid.slice(first, first + mostLines);
  const last = rest.findIndex((line) => footer.test(line));
  if (last >= 0)
    return { lab: footer.exec(rest[last] ?? '')?.[1], lines: joinWrapped(rest.slice(0, last + 1)), complete: true };
  return { lab: undefined, lines: joinWrapped(rest.slice(0, lastOwn(rest) + 1)), complete: false };
}

/** The last line that says what it is; after it come prompts and what was typed next. */
function lastOwn(lines: readonly string[]): number {
  for (let at = lines.length - 1; at >= 0; at--) {
    const topic = topicOf(lines[at] ?? '');
    if (topic !== 'text' && topic !== 'command' && topic !== 'exit') return at;
  }
  return -1;
}
