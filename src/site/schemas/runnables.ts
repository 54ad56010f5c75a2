import { z } from 'astro/zod';
import { both } from './both.ts';
import { choices } from './choices.ts';

const runId = z.string().regex(/^[a-z0-9-]+$/);

/**
 * A question that the reader may answer before Run, and that the run answers: the right choice is the one that it confirms. `evidence` is
 * a part of a line that says so in the output; it stands in every recording of a snippet, and in that of a lab's ordinary user.
 */
const prediction = z.strictObject({ question: both, choices: choices(2, 4), evidence: z.string().min(1) });

/** One command of a snippet. Run executes all of a snippet's commands, in order. */
const snippetRun = z.strictObject({
  id: runId,
  argv: z.tuple([z.literal('node')], z.string()),
  /** The exit code that the lesson expects: 134 is as good as 0 when it is what the lesson shows. */
  exit: z.int().min(0).max(255),
  /** With `verdict: heap-limit`: the run without the flag, to compare with. */
  role: z.enum(['baseline', 'demo']).default('demo'),
});

/** A number that the reader may change before Run. */
const control = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('flag'),
    flag: z.string().startsWith('--'),
    unit: z.string(),
    min: z.int(),
    max: z.int(),
    step: z.int().positive().default(1),
    default: z.int(),
    label: both,
  }),
  z.strictObject({
    kind: z.literal('limit'),
    limit: z.literal('nofile'),
    unit: z.string(),
    min: z.int(),
    max: z.int(),
    step: z.int().positive().default(1),
    default: z.int(),
    label: both,
  }),
]);

/** `snippets/<id>/snippet.yaml`, beside `main.mjs`, `expected.txt` and `recorded/<environment>.txt`. */
export const snippetSchema = z.strictObject({
  title: both,
  predict: prediction.optional(),
  /** Where it may run besides its recordings. */
  backends: z.array(z.enum(['local-node', 'webcontainer'])),
  runs: z.array(snippetRun).min(1),
  controls: z.array(control).default([]),
  /** Set by the operating system before Node starts; only a backend on Linux can. */
  limits: z.strictObject({ nofile: z.int().positive().optional() }).optional(),
  permissions: z.array(z.enum(['network', 'child-process', 'worker'])).default([]),
  /** How the page judges the runs beyond their exit codes. */
  verdict: z.enum(['heap-limit']).optional(),
  timeoutMs: z.int().min(1000).max(60_000).default(15_000),
  maxOutputBytes: z.int().default(262_144),
  /** Numbered call-outs: on the first line of main.mjs that contains `at`. */
  notes: z.array(z.strictObject({ at: z.string(), text: both })).default([]),
});

const step = z.strictObject({ id: runId, title: both, explain: both });

/**
 * Whether a lab runs on the Linux machine in the reader's browser (src/runtime/linux-vm), and as whom. A lab that does not says why. That machine has no Node: steps that want it are skipped there.
 */
const browser = z.discriminatedUnion('runs', [
  z.strictObject({
    runs: z.literal(true),
    as: z.enum(['student', 'root']).default('student'),
    /** It would harm any other machine: it refuses to begin elsewhere, and its recordings come from there. */
    only: z.boolean().default(false),
    /** Of the machine's running time; a slow phone needs several times of what a test needs. */
    timeoutMs: z.int().min(10_000).max(600_000).default(300_000),
    maxOutputBytes: z.int().default(262_144),
  }),
  z.strictObject({ runs: z.literal(false), why: both }),
]);

/** `labs/<id>/lab.yaml`, beside `lab.sh`, `expected.txt`, `mismatches.yaml` and `recorded/<environment>.txt`. */
export const labSchema = z.strictObject({
  title: both,
  /** Two or three sentences, first on the lab's own page: what the reader will see, and when they will need it. Also its description. */
  intro: both,
  predict: prediction.optional(),
  minutes: z.int().positive(),
  /** Who should run it. */
  user: z.enum(['any', 'non-root', 'browser']),
  needs: z.array(z.string()),
  optional: z.array(z.string()).default([]),
  browser: browser.optional(),
  cost: z.strictObject({ memoryMB: z.int(), processes: z.int(), files: z.int(), seconds: z.int() }),
  risk: both,
  undo: both,
  /** In the order of the script's `-- step` lines. */
  steps: z.array(step).min(1),
  /** What each check of the script proves. */
  checks: z.record(z.string(), both),
  /**
   * What the reader tries alone afterwards. Hints open one by one, from "where to look" to "which command"; `solution` explains
   * `solution.sh`, which stands beside it with what it printed.
   */
  task: z.strictObject({ ask: both, hints: z.array(both).min(2).max(4), solution: both }),
});

/** `labs/groups.yaml`: how the catalogue sorts the labs, by what they show. Each lab is in one group. */
export const labGroupSchema = z.strictObject({
  id: runId,
  order: z.int().min(1),
  title: both,
  about: both,
  labs: z.array(runId).min(1),
});

const condition = z.strictObject({
  facts: z.record(z.string(), z.string()).optional(),
  unless: z.record(z.string(), z.string()).optional(),
  missing: z.array(z.string()).optional(),
  given: z.array(z.string()).optional(),
  lines: z.array(z.string()).optional(),
  failed: z.array(z.string()).optional(),
  skipped: z.array(z.string()).optional(),
});

/** `labs/<id>/mismatches.yaml`, and `labs/mismatches.yaml` for what may happen in every lab; the shape is `Mismatch` of the checker. */
export const mismatchSchema = z.strictObject({
  mismatches: z.array(z.strictObject({ id: runId, when: condition, cause: both, remedy: both })),
});

export type Prediction = z.infer<typeof prediction>;
export type Snippet = z.infer<typeof snippetSchema>;
export type Lab = z.infer<typeof labSchema>;
