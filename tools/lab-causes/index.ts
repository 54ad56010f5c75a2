/**
 * The known causes of a difference, each with the environment that really causes it, or, where no machine at hand has the cause, the
 * lines of a real run that would be different there. One module per lab; `npm run record:labs -- --causes` writes the transcripts.
 */
import { readdirSync } from 'node:fs';
import type { LabEnvironment } from '../labs.ts';

/** An environment in which the output of a lab differs for a cause that is known. */
export interface Caused extends LabEnvironment {
  lab: string;
  /** Id in mismatches.yaml. */
  cause: string;
}

/** A cause that cannot be made here: what the script would print there, as a change of a real run. */
export interface Derived {
  lab: string;
  cause: string;
  /** Texts of the recording `debian-12-user` and what stands in their place; every one of them must be found. */
  changes: [from: string, to: string][];
}

interface Causes {
  caused?: Caused[];
  derived?: Derived[];
}

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
const all: Causes[] = await Promise.all(files.sort().map((name) => import(`./${name}`)));

export const caused = all.flatMap((one) => one.caused ?? []);
export const derived = all.flatMap((one) => one.derived ?? []);
