/** The shapes that the checker takes and gives. It imports nothing from Astro, the DOM or Node: the same code judges in the page, on the command line and in tests. */

import type { ShellProblem } from './shell-messages.ts';

/** A known way in which a reader's output differs, from `mismatches.yaml`. Patterns use the wildcards of the expectation grammar, never free regular expressions. */
export interface Mismatch {
  id: string;
  /** Every condition that is given must hold. */
  when: {
    /** Fact name to pattern, or "absent" / "present" through `missing` / `given`. */
    facts?: Record<string, string> | undefined;
    /** Facts to patterns: where all of them fit, the cause does not. */
    unless?: Record<string, string> | undefined;
    missing?: string[] | undefined;
    given?: string[] | undefined;
    /** Patterns, each of which some line of the paste must fit. */
    lines?: string[] | undefined;
    /** Checks (by id) of which at least one must have failed. */
    failed?: string[] | undefined;
    /** Checks of which at least one must have been skipped. */
    skipped?: string[] | undefined;
  };
  cause: { ko: string; en: string };
  remedy: { ko: string; en: string };
}

export interface LabDefinition {
  id: string;
  /** Text of `expected.txt`. */
  expected: string;
  mismatches: readonly Mismatch[];
}

/** Why a paste could not be judged, or not wholly. Each has its own sentence under `checker.problem.<problem>`. */
export type InputProblem =
  | 'empty'
  | 'binary'
  | 'too-large'
  | 'no-lab-output'
  | 'script-text'
  | 'other-lab'
  | 'unknown-lab'
  | 'probe-output'
  | ShellProblem
  | 'korean-output'
  | 'cut-off-start'
  | 'cut-off-end'
  | 'refused'
  | 'refused-elsewhere';

export type Status = 'passed' | 'failed' | 'skipped' | 'missing';

export interface CheckResult {
  /** As the script names it, such as "message-emfile". */
  id: string;
  status: Status;
  /** The script's own reason for a skip. */
  reason?: string;
}

export interface StepResult {
  id: string;
  status: Status;
  checks: CheckResult[];
}

/** A number or word that does not hold the comparison that the expectation asks of it. */
export interface BrokenBound {
  /** The capture, such as "opened". */
  name: string;
  value: string;
  operator: '>=' | '<=' | '==' | '!=' | '>' | '<';
  /** As written: a number, or the name of an earlier capture. */
  bound: string;
  /** The value of the bound; absent when the earlier capture was not seen. */
  needs?: string;
}

/** One row of the line-by-line comparison. */
export type DiffRow =
  | { kind: 'same'; expected: string; actual: string }
  | { kind: 'any'; actual: string }
  /** `why` is in signs only ("opened = 99 ↔ <= 31"), and empty where the texts themselves say it. `bound` is the same in parts. */
  | { kind: 'different'; expected: string; actual: string; why: string; bound?: BrokenBound }
  | { kind: 'missing'; expected: string }
  | { kind: 'unexpected'; actual: string }
  | { kind: 'forbidden'; expected: string; actual: string };

export interface Verdict {
  lab: string;
  /** `passed`: all that was expected is there. `partial`: what is there is right, but some is missing or was skipped. */
  outcome: 'passed' | 'failed' | 'partial' | 'unusable';
  problem?: InputProblem;
  /** With `other-lab`: the lab that the output belongs to. */
  otherLab?: string;
  steps: StepResult[];
  diff: DiffRow[];
  /** Known causes that fit, best first. */
  causes: Mismatch[];
  facts: Record<string, string>;
}
