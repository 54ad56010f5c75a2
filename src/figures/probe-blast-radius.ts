/**
 * Whom does a failed check hit? The same four replicas and the same slow database under three ways of asking; then one replica that is stuck.
 * Pure: every check of every replica is computed. The kubelet's rules: a probe acts after three failures in a row; one success ends a row.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

export type Probe = 'liveness' | 'readiness';
/** What asks the database: both probes, readiness alone, or neither. */
export type Plan = 'both' | 'ready' | 'none';
export const plans: readonly Plan[] = ['both', 'ready', 'none'];

export interface Replica {
  /** Failures in a row. */
  failed: Record<Probe, number>;
  /** Gets traffic, gets none, or is not up yet after a restart. */
  phase: 'serving' | 'out' | 'starting';
  /** Does not answer anything, by a fault of its own. A restart ends that. */
  stuck: boolean;
  restarts: number;
  /** Second from which a restarted one answers again. */
  upAt: number;
}

/** Seconds. The period and the threshold are defaults of Kubernetes; the time to start is made up. */
export const period = 10;
export const threshold = 3;
export const startTime = 30;

const fresh: Replica = {
  failed: { liveness: 0, readiness: 0 },
  phase: 'serving',
  stuck: false,
  restarts: 0,
  upAt: 0,
};

/** Whether a probe's page answers well. */
export function answers(replica: Replica, probe: Probe, plan: Plan, slow: boolean): boolean {
  const asksDatabase = plan === 'both' || (plan === 'ready' && probe === 'readiness');
  return !replica.stuck && !(asksDatabase && slow);
}

/** A replica after the checks of the second `now`. */
export function check(replica: Replica, plan: Plan, now: number, slow: boolean): Replica {
  if (now < replica.upAt) return replica;
  const count = (probe: Probe) => (answers(replica, probe, plan, slow) ? 0 : replica.failed[probe] + 1);
  const failed = { liveness: count('liveness'), readiness: count('readiness') };
  if (failed.liveness >= threshold)
    return { ...fresh, phase: 'starting', restarts: replica.restarts + 1, upAt: now + startTime };
  if (failed.readiness >= threshold) return { ...replica, failed, phase: 'out' };
  return { ...replica, failed, phase: failed.readiness === 0 ? 'serving' : replica.phase };
}

export interface Scene {
  name: 'database' | 'stuck';
  /** The database is slow from the first of these seconds until before the second. */
  slow: readonly [number, number];
  /** Second from which the second replica is stuck; null without one. */
  stuckAt: number | null;
}

export interface State {
  scene: Scene['name'];
  now: number;
  slow: boolean;
  lanes: Record<Plan, Replica[]>;
}

/** Every state from second 0 to `end`, one per period. */
export function play(scene: Scene, end: number, replicas = 4): State[] {
  const all = () => Array.from({ length: replicas }, () => fresh);
  const states: State[] = [
    { scene: scene.name, now: 0, slow: false, lanes: { both: all(), ready: all(), none: all() } },
  ];
  for (let now = period; now <= end; now += period) {
    const slow = now >= scene.slow[0] && now < scene.slow[1];
    const { lanes } = states.at(-1) as State;
    const after = (plan: Plan) =>
      lanes[plan].map((one, at) => {
        const stuck = one.stuck || (at === 1 && now === scene.stuckAt);
        return check({ ...one, stuck }, plan, now, slow);
      });
    states.push({
      scene: scene.name,
      now,
      slow,
      lanes: { both: after('both'), ready: after('ready'), none: after('none') },
    });
  }
  return states;
}

export const scenes: readonly Scene[] = [
  { name: 'database', slow: [10, 45], stuckAt: null },
  { name: 'stuck', slow: [0, 0], stuckAt: 10 },
];

const width = 70;
const kinds = { serving: 'f-process', out: 'f-metal', starting: 'f-free' };

function lane(plan: Plan, replicas: readonly Replica[], y: number, label: Label): string[] {
  const restarts = replicas.reduce((sum, one) => sum + one.restarts, 0);
  return [
    text(1, y, 'f-strong', label(plan)),
    text(294, y, restarts ? 'f-fail f-strong f-end' : 'f-muted f-end', `${label('restarts')} ${restarts}`),
    ...replicas.flatMap(({ phase, failed }, at) => {
      const x = 1 + at * (width + 4.5);
      const row = Math.max(failed.liveness, failed.readiness);
      const word = phase === 'starting' ? 'f-fail' : phase === 'out' ? 'f-muted' : 'f-process-text';
      return [
        `<rect class="${kinds[phase]}" x="${x}" y="${y + 8}" width="${width}" height="30" rx="9"/>`,
        text(x + width / 2, y + 27, `${word} f-middle`, label(phase)),
        row ? text(x + width / 2, y + 52, 'f-fail f-middle', '✕'.repeat(Math.min(row, threshold))) : '',
      ];
    }),
  ];
}

function draw({ scene, now, slow, lanes }: State, label: Label): string {
  const stuck = scene === 'stuck' && now > 0;
  const news = slow ? 'slow' : stuck ? 'stuck' : 'fine';
  return drawing(
    272,
    text(1, 16, 'f-code f-strong', `${now} s`),
    text(294, 16, news === 'fine' ? 'f-end' : 'f-fail f-strong f-end', label(news)),
    line('f-line', 'M1 28H295'),
    ...plans.flatMap((plan, at) => lane(plan, lanes[plan], 52 + at * 76, label)),
  );
}

const at = (scene: Scene | undefined, ...seconds: number[]): State[] => {
  const states = scene ? play(scene, 60) : [];
  return seconds.flatMap((second) => states.find(({ now }) => now === second) ?? []);
};

const [database, stuck] = scenes;
const states = [...at(database, 0, 10, 20, 30, 40, 50, 60), ...at(stuck, 10, 30, 60)];

export const figure: StepFigure<State> = { states, draw };
