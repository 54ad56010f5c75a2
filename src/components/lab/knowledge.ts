import type { FactCondition } from '../../checker/probe-compare.ts';
import type { Mismatch } from '../../checker/types.ts';
import type { ProbeFact } from '../../site/probe-schema.ts';

/** What `/labs/<id>.<language>.json` holds. Its words are HTML that the build made of the YAML files. */
export interface LabKnowledge {
  /** Known causes of a difference from what is expected, each with what to do. */
  causes: { id: string; when: Mismatch['when']; cause: string; remedy: string }[];
  /** The facts of a machine that matter to this lab. */
  facts: {
    id: string;
    kind: ProbeFact['kind'];
    name: string;
    /** Whether the note shows the value. */
    shown: boolean;
    /** `why` is null where the explanation is for other labs. */
    rules: { when: FactCondition; why: string | null }[];
  }[];
}

/** The address of a lab's knowledge, under the site's base. */
export const knowledgePath = (lab: string, language: string, base: string) =>
  `${base.replace(/\/$/, '')}/labs/${lab}.${language}.json`;
