/**
 * Records labs on this machine: as a user on every Node version, as root, in a user namespace, without Node. What cannot be made here is
 * named with the reason.
 *
 *   npm run record:labs -- emfile oom                        these labs; without a name, all
 *   npm run record:labs -- --name ubuntu-24.04-wsl2 emfile   under this name, where the distribution's alone would not tell it apart
 *   npm run record:labs -- --environment debian-13           instead: the user land of Debian 13 in a chroot (root)
 *   npm run record:labs -- --environment debian-12-systemd   instead: a virtual machine with systemd and cgroup v2 (root)
 *   npm run record:labs -- --solutions                       instead: the solutions of their tasks, as a user, into solution.txt
 *   npm run record:labs -- --causes                          instead: the transcripts of known causes, in tests/runnable/labs/fixtures
 *
 * Only a run that satisfies expected.txt is written as a recording, and only one for which the cause is found as a transcript of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { runLabsInMachine, systemdUser } from './environments/debian-12-systemd.ts';
import { recordMemoryLimits } from './environments/memory-limits.ts';
import {
  causePlans,
  distribution,
  madeEnvironments,
  type Plan,
  plansHere,
  solutionPlan,
} from './environments/plans.ts';
import { type Machine, thisMachine, transcript } from './environments/transcript.ts';
import { user } from './lab-environments.ts';
import {
  isThrowAway,
  type LabRun,
  labIds,
  labsForHere,
  type RunningLab,
  Sandbox,
  solvedLabs,
  startLab,
} from './labs.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    causes: { type: 'boolean' },
    solutions: { type: 'boolean' },
    environment: { type: 'string' },
    name: { type: 'string' },
  },
});

function stop(why: string): never {
  console.error(why);
  process.exit(2);
}

const unknown = positionals.filter((id) => !labIds().includes(id));
if (unknown.length > 0) stop(`There is no lab "${unknown.join('", "')}". There are: ${labIds().join(', ')}.`);
if (process.platform !== 'linux') stop('The labs need Linux: nothing can be recorded on this system.');
if (values.name !== undefined && !/^[a-z0-9][a-z0-9.-]*$/.test(values.name))
  stop('A name has small letters, digits, "." and "-", such as ubuntu-24.04-wsl2.');
const name = values.name ?? distribution();
// Nobody should have to believe a name.
if (!name.startsWith(distribution())) stop(`This is ${distribution()}: the name has to begin with that.`);
const made = values.environment;
if (made !== undefined && !(made in madeEnvironments))
  stop(`There is no environment "${made}". There are: ${Object.keys(madeEnvironments).join(', ')}.`);

const elsewhere = positionals.filter(isThrowAway);
if (elsewhere.length > 0)
  stop(`Only the machine in the browser survives ${elsewhere.join(', ')}: npm run record:vm -- ${elsewhere.join(' ')}`);

const chosen = positionals.length > 0 ? positionals : labsForHere();

function plans(): Plan[] {
  if (values.causes) return causePlans(chosen);
  const environment = made as keyof typeof madeEnvironments | undefined;
  if (values.solutions) {
    const where = environment === 'debian-12-systemd' ? systemdUser : user;
    const whose = where === user ? `${name}-user` : where.id;
    return solvedLabs()
      .filter((id) => chosen.includes(id))
      .map((id) => solutionPlan(id, whose, where));
  }
  return chosen.flatMap((id) => (environment ? madeEnvironments[environment](id) : plansHere(id, name)));
}

let refused = 0;
function write({ id, about, file, refusal }: Plan, run: LabRun & { left?: string }, machine: Machine): void {
  const what = `${id} in ${about.environment}`;
  const why = refusal(run) ?? (run.left ? `it left behind: ${run.left}` : undefined);
  if (why !== undefined) {
    refused++;
    console.error(`${what} was not written:`);
    console.error(why);
    console.error(run.output);
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, transcript(about, run, machine));
  console.log(`${what}: ${run.durationMs} ms`);
}

const all = plans();
const possible = all.filter(({ id, about, environment }) => {
  const why = environment.unavailable?.();
  if (why) console.log(`${id} in ${about.environment}: not recorded, ${why}`);
  return !why;
});
const box = new Sandbox();
let running: RunningLab | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, async () => {
    // A lab has a process group of its own, so Ctrl-C does not reach it; a virtual machine ends with this process.
    if (running?.process.pid) process.kill(-running.process.pid, 'SIGTERM');
    await running?.done;
    box.dispose();
    process.exit(1);
  });
try {
  for (const plan of possible.filter(({ environment }) => !environment.machine)) {
    running = startLab(box, plan.id, plan.environment, plan.options);
    const run = await running.done;
    running = undefined;
    write(plan, run, thisMachine(plan.header?.()));
  }
  const there = possible.filter(({ environment }) => environment.machine);
  const runs = there.length > 0 ? await runLabsInMachine(box, there) : [];
  for (const [at, run] of runs.entries()) if (there[at]) write(there[at], run, run);
  if (there.length > 0 && made === 'debian-12-systemd' && !values.solutions && chosen.includes('oom'))
    refused += await recordMemoryLimits(box);
} finally {
  box.dispose();
}
process.exitCode = refused > 0 ? 1 : 0;
