import type { FactCondition, Facts } from '../../checker/probe-compare.ts';
import type { ProbeFact } from '../../site/probe-schema.ts';

/** A fact without its words: those stand in the page, in the page's language. */
export interface FactIsland {
  id: string;
  kind: ProbeFact['kind'];
  weight: number;
  labs: string[];
  rules: { when: FactCondition }[];
}

/** What `<my-machine>` finds as JSON inside itself. */
export interface MachineIsland {
  facts: FactIsland[];
  /** The recorded machines: id to facts. */
  machines: Record<string, Facts>;
  /** Id of a lab to the address of its page. */
  places: Record<string, string>;
}
