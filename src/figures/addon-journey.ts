/**
 * The compiled part of a program on its way from a Mac to a server. What the loader of glibc does is recorded in the lab `arch`: a file
 * that is no ELF file gives "invalid ELF header"; an ELF file for another CPU is passed over, as if it were not there (dlopen(3)).
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, line, processBox, text } from './drawing/svg.ts';

export interface Target {
  os: 'macos' | 'linux';
  cpu: 'arm64' | 'x64';
}

export const mac: Target = { os: 'macos', cpu: 'arm64' };
export const vm: Target = { os: 'linux', cpu: 'arm64' };
export const dev: Target = { os: 'linux', cpu: 'x64' };

/** What becomes of an addon for `addon` that Node loads on the Linux `machine`. */
export function load(addon: Target | undefined, machine: Target): 'runs' | 'format' | 'cpu' | 'missing' {
  if (!addon) return 'missing';
  if (addon.os !== machine.os) return 'format';
  return addon.cpu === machine.cpu ? 'runs' : 'cpu';
}

export type Operation =
  | { call: 'install-mac' }
  | { call: 'push' }
  | { call: 'copy' }
  | { call: 'copy-vm' }
  | { call: 'start' }
  | { call: 'install-dev' };

export interface State {
  operation: Operation;
  /** What is on DEV: the source, and the addon if there is one. */
  source: boolean;
  addon: Target | undefined;
  outcome: ReturnType<typeof load> | undefined;
}

/** The state after an operation. */
export function apply(state: Omit<State, 'operation'>, operation: Operation): State {
  const { source, addon } = state;
  const next = { operation, source, addon, outcome: undefined };
  switch (operation.call) {
    case 'install-mac':
      return next;
    case 'push':
      return { ...next, source: true };
    case 'copy':
      return { ...next, addon: mac };
    case 'copy-vm':
      return { ...next, addon: vm, outcome: load(vm, dev) };
    case 'start':
      return { ...next, outcome: load(addon, dev) };
    case 'install-dev':
      return { ...next, addon: dev, outcome: load(dev, dev) };
  }
}

const operations: readonly Operation[] = [
  { call: 'install-mac' },
  { call: 'push' },
  { call: 'copy' },
  { call: 'start' },
  { call: 'copy-vm' },
  { call: 'install-dev' },
];
const states: State[] = [];
for (const operation of operations)
  states.push(apply(states.at(-1) ?? { source: false, addon: undefined, outcome: undefined }, operation));

const [macX, devX, width] = [1, 167, 128];
const address = ({ os, cpu }: Target) => `${os} ${cpu}`;

/** A machine: its name, and its address. */
function machine(x: number, name: string, whose: string): string {
  return (
    processBox(x, 34, width, 144) +
    text(x + 11, 54, 'f-strong', name) +
    text(x + 11, 71, 'f-code f-process-text', whose)
  );
}

/** A file: its name, and below it whom it is for. */
function file(x: number, y: number, name: string, below: string, kinds: string): string {
  return (
    line(kinds, `M${x} ${y}h106v36h-106z`) +
    text(x + 8, y + 15, 'f-code f-strong', name) +
    text(x + 8, y + 30, below.includes(' ') ? 'f-code' : '', below)
  );
}

const command: Record<Operation['call'], string | undefined> = {
  'install-mac': 'npm ci',
  push: 'git push',
  copy: undefined,
  'copy-vm': undefined,
  start: 'node server.js',
  'install-dev': 'npm ci',
};
const error = { format: 'invalid ELF header', cpu: 'No such file …', missing: '', runs: '' };

function draw({ operation, source, addon, outcome }: State, label: Label): string {
  const { call } = operation;
  const here = call === 'install-mac' ? macX : call === 'start' || call === 'install-dev' ? devX : undefined;
  const what = command[call];
  const sender = call === 'copy-vm' ? vm : mac;
  const failed = outcome === 'format' || outcome === 'cpu';
  const changed = call === 'copy' || outcome === 'runs' ? 'f-line f-now' : 'f-line';
  return drawing(
    224,
    what ? text(here ?? 118, 14, 'f-code f-strong', what) : text(96, 14, 'f-strong', label('copies')),
    here === undefined ? line('f-line', 'M118 22H176M169 17l8 5l-8 5') : '',
    machine(macX, label(sender === vm ? 'vm' : 'macbook'), address(sender)),
    file(macX + 11, 82, 'thumb.js', label('text'), 'f-line'),
    file(macX + 11, 126, 'sharp.node', address(sender), 'f-line'),
    machine(devX, label('dev'), address(dev)),
    source ? file(devX + 11, 82, 'thumb.js', label('text'), call === 'push' ? 'f-line f-now' : 'f-line') : '',
    addon ? file(devX + 11, 126, 'sharp.node', address(addon), failed ? 'f-line f-refused' : changed) : '',
    failed ? text(devX, 202, 'f-code f-strong f-fail', `✕ ${error[outcome]}`) : '',
    outcome === 'runs' ? text(devX, 202, 'f-strong f-ok', `✓ ${label('runs')}`) : '',
  );
}

export const figure: StepFigure<State> = { states, draw };
