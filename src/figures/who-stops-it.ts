/**
 * Who stops a process that takes more and more memory? One process asks for MiB after MiB; the first limit that a request passes ends it, or
 * ends somebody else. Pure. The limits of V8 are those that the lab `oom` recorded in control groups of 512, 256 and 1024 MiB.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, text } from './drawing/svg.ts';

/** In what the process keeps: arrays live in the heap of V8, the bytes of Buffers outside. */
export type Kind = 'arrays' | 'buffers';
export type Stopper = 'runtime' | 'cgroup' | 'machine' | 'browser';

/** All sizes are MiB. */
export interface World {
  scene: string;
  kind: Kind;
  /** RAM of the machine, without swap. */
  machine: number;
  /** The process's `memory.max`; null without one. */
  container: number | null;
  heapLimit: number;
  /** What the process holds: heap and outside together are its RSS. */
  heap: number;
  outside: number;
  /** RSS of the largest other process, and everything else that is in RAM. */
  neighbour: number;
  system: number;
  /** The process draws a tab: its end is not an exit code but a page of the browser. */
  tab: boolean;
  end: End | null;
}

export interface End {
  by: Stopper;
  victim: 'process' | 'neighbour';
  /** As a shell shows it; null where no shell is asked. */
  code: 134 | 137 | null;
}

export const rssOf = ({ heap, outside }: World): number => heap + outside;
export const usedOf = (world: World): number => rssOf(world) + world.neighbour + world.system;

/** The world after one more request of `mib`. V8 looks at its own limit before it asks the kernel; the kernel looks at cgroup and machine. */
export function ask(world: World, mib: number): World {
  if (world.end) return world;
  const ended = (by: Stopper, code: End['code'], victim: End['victim'] = 'process'): World => ({
    ...world,
    end: { by, victim, code },
  });
  if (world.kind === 'arrays' && world.heap + mib > world.heapLimit)
    return world.tab ? ended('browser', null) : ended('runtime', 134);
  if (world.container !== null && rssOf(world) + mib > world.container) return ended('cgroup', 137);
  if (usedOf(world) + mib > world.machine)
    // The larger one has the larger score, whoever asked last.
    return ended('machine', 137, world.neighbour > rssOf(world) ? 'neighbour' : 'process');
  return world.kind === 'arrays' ? { ...world, heap: world.heap + mib } : { ...world, outside: world.outside + mib };
}

/** Every world from the first to the one with an end. */
export function untilStopped(first: World, mib: number): World[] {
  const worlds = [first];
  for (let world = first; !world.end; ) {
    world = ask(world, mib);
    worlds.push(world);
  }
  return worlds;
}

const small: World = {
  scene: 'arrays',
  kind: 'arrays',
  machine: 1024,
  container: 512,
  heapLimit: 259,
  heap: 40,
  outside: 60,
  neighbour: 200,
  system: 120,
  tab: false,
  end: null,
};

/** The scenes of the figure. The tab's machine is 16 times as large, and its heap limit the 4 GiB of compressed pointers. */
export const scenes: readonly { world: World; mib: number }[] = [
  { world: small, mib: 20 },
  { world: { ...small, scene: 'buffers', kind: 'buffers' }, mib: 20 },
  { world: { ...small, scene: 'small', container: 256 }, mib: 20 },
  {
    world: { ...small, scene: 'none', kind: 'buffers', container: null, heapLimit: 560, neighbour: 460 },
    mib: 20,
  },
  {
    world: {
      ...small,
      scene: 'tab',
      machine: 16_384,
      container: null,
      heapLimit: 4096,
      heap: 640,
      outside: 960,
      neighbour: 3200,
      system: 1920,
      tab: true,
    },
    mib: 320,
  },
];

const left = 1;
const width = 293;
const barHeight = 20;
const rows = { heap: 52, rss: 104, machine: 156 };
const outcome = 208;

const round = (value: number) => Math.round(value * 10) / 10;

function draw(world: World, label: Label): string {
  const { end } = world;
  const dead = end?.victim === 'process';
  const at = (mib: number) => round((mib / world.machine) * width);
  const bar = (kinds: string, from: number, to: number, y: number) =>
    `<rect class="${kinds}" x="${round(left + at(from))}" y="${y}" width="${round(at(to) - at(from))}" height="${barHeight}" rx="4"/>`;
  const limit = (mib: number, y: number, met: boolean) =>
    line(met ? 'f-limit f-refused' : 'f-limit', `M${round(left + at(mib))} ${y - 6}v${barHeight + 12}`);
  const row = (name: string, value: string, y: number) => [
    text(left, y - 12, 'f-muted', label(name)),
    text(294, y - 12, 'f-code f-end', value),
  ];
  const alive = (kinds: string) => (dead ? 'f-free' : kinds);
  const rss = rssOf(world);
  const others = world.system + world.neighbour;
  const of = (value: number, most: number | null) => (most === null ? `${value}` : `${value} / ${most}`);

  return drawing(
    outcome + 32,
    text(left, 14, 'f-strong', label(`scene-${world.scene}`)),
    ...row('heap', of(world.heap, world.heapLimit), rows.heap),
    bar(alive('f-solid f-of-process'), 0, world.heap, rows.heap),
    limit(world.heapLimit, rows.heap, end?.by === 'runtime' || end?.by === 'browser'),
    ...row('rss', of(rss, world.container), rows.rss),
    bar(alive('f-solid f-of-process'), 0, world.heap, rows.rss),
    bar(alive('f-process'), world.heap, rss, rows.rss),
    world.container === null ? '' : limit(world.container, rows.rss, end?.by === 'cgroup'),
    ...row('machine', of(usedOf(world), world.machine), rows.machine),
    bar('f-metal', 0, world.system, rows.machine),
    bar(end?.victim === 'neighbour' ? 'f-free' : 'f-ticket', world.system, others, rows.machine),
    bar(alive('f-process'), others, others + rss, rows.machine),
    limit(world.machine, rows.machine, end?.by === 'machine'),
    ...(end
      ? [
          text(left, outcome, 'f-fail f-strong', `✕ ${label(`end-${end.by}`)}`),
          text(left, outcome + 20, '', label(`trace-${end.by}`)),
        ]
      : [text(left, outcome, 'f-process-text f-strong', label(`grows-${world.kind}`))]),
  );
}

/** Of each scene one moment on the way and the end; of the first also the beginning. */
const states = scenes.flatMap(({ world, mib }, scene) => {
  const worlds = untilStopped(world, mib);
  const shown = scene === 0 ? [0, 0.5, 1] : [0.6, 1];
  return shown.flatMap((share) => worlds[Math.floor((worlds.length - 1) * share)] ?? []);
});

export const figure: StepFigure<World> = { states, draw };
