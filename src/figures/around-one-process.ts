/**
 * What makes a container, put around one process layer by layer: namespaces, a control group, other files, fewer privileges. Pure: a view is
 * computed from the layers alone. The numbers of the host are recorded ones: of `namespaces` on Debian 12 with systemd, and of `container-by-hand`.
 */
import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, text } from './drawing/svg.ts';

export const order = ['user', 'uts', 'pid', 'mnt', 'net', 'cgroup', 'files', 'rights'] as const;
export type Layer = (typeof order)[number];

export const host = { uid: '1000', pid: '444', processes: '77', group: '/lab-container', memory: '16M' } as const;

/** `code` is the same in every language; `word` is the name of a label. */
export type Value = { code: string } | { word: string };

export interface Row {
  name: 'uid' | 'name' | 'pid' | 'ps' | 'network' | 'group' | 'memory' | 'files' | 'rights';
  /** What the process sees of it, and what somebody on the host does. */
  inside: Value;
  outside: Value;
}

const code = (text: string): Value => ({ code: text });
const word = (name: string): Value => ({ word: name });

/** What both sides see when the process has these layers around it. */
export function view(layers: readonly Layer[]): Row[] {
  const has = (layer: Layer) => layers.includes(layer);
  return [
    { name: 'uid', inside: code(has('user') ? '0' : host.uid), outside: code(host.uid) },
    { name: 'name', inside: has('uts') ? code('tiny') : word('hosts'), outside: word('hosts') },
    { name: 'pid', inside: code(has('pid') ? '1' : host.pid), outside: code(host.pid) },
    // ps reads /proc: it shows a PID namespace only where a /proc was mounted in it, and that needs a mount namespace.
    { name: 'ps', inside: code(has('pid') && has('mnt') ? '1' : host.processes), outside: code(host.processes) },
    { name: 'network', inside: has('net') ? code('lo') : word('hosts'), outside: word('hosts') },
    {
      name: 'group',
      inside: has('cgroup') ? code('/') : word('hosts'),
      outside: has('cgroup') ? code(host.group) : word('hosts'),
    },
    // The one number that both sides see alike.
    {
      name: 'memory',
      inside: code(has('cgroup') ? host.memory : 'max'),
      outside: code(has('cgroup') ? host.memory : 'max'),
    },
    {
      name: 'files',
      inside: word(has('files') ? 'image' : 'hosts'),
      outside: word(has('files') ? 'folder' : 'hosts'),
    },
    // All capabilities of a new user namespace hold in it alone: on the host the process has none, before and after.
    { name: 'rights', inside: word(has('rights') ? 'few' : has('user') ? 'all' : 'none'), outside: word('none') },
  ];
}

export const same = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One more layer at each step. */
const states: (readonly Layer[])[] = [[], ...order.map((_, at) => order.slice(0, at + 1))];

const middle = { x: 148, y: 84 };
const core = { width: 96, height: 34 };
const gap = 5;

/** The outline of a layer; the newest in the colour of ink. The cgroup is a limit, and so dashed. */
function ring(layer: Layer, at: number, newest: boolean): string {
  const out = (at + 1) * gap;
  const [width, height] = [core.width + 2 * out, core.height + 2 * out];
  const older = layer === 'files' ? 'f-marked f-of-process' : 'f-marked f-of-kernel';
  const kind = layer === 'cgroup' ? 'f-limit' : newest ? 'f-due' : older;
  return `<rect class="${kind}" x="${middle.x - width / 2}" y="${middle.y - height / 2}" width="${width}" height="${height}" rx="${12 + out / 2}"/>`;
}

const rowTop = 216;
const rowHeight = 23;

function draw(layers: readonly Layer[], label: Label): string {
  const newest = layers.at(-1);
  const rows = view(layers);
  const before = view(layers.slice(0, -1));
  const words = (value: Value) => ('code' in value ? value.code : label(value.word));
  const kind = (value: Value) => ('code' in value ? 'f-code' : '');

  return drawing(
    rowTop + rows.length * rowHeight + 2,
    text(1, 14, 'f-strong', label(`layer-${newest ?? 'none'}`)),
    kernelBox(1, 24, 294, 140),
    text(8, 157, 'f-kernel-text', label('kernel')),
    text(288, 157, 'f-code f-end', `PID ${host.pid}`),
    ...layers.map((layer, at) => ring(layer, at, layer === newest)),
    `<rect class="f-process" x="${middle.x - core.width / 2}" y="${middle.y - core.height / 2}" width="${core.width}" height="${core.height}" rx="12"/>`,
    text(
      middle.x,
      middle.y + 5,
      'f-code f-strong f-middle f-process-text',
      `PID ${layers.includes('pid') ? 1 : host.pid}`,
    ),
    text(112, rowTop - 22, 'f-strong f-process-text', label('inside')),
    text(294, rowTop - 22, 'f-strong f-kernel-text f-end', label('outside')),
    line('f-line', `M1 ${rowTop - 14}H295`),
    ...rows.flatMap((row, at) => {
      const y = rowTop + at * rowHeight + 3;
      const old = before[at];
      const changed = newest && old && !(same(old.inside, row.inside) && same(old.outside, row.outside));
      const differs = !same(row.inside, row.outside);
      const amount = row.name === 'memory' && layers.includes('cgroup');
      return [
        changed ? line('f-just', `M0.5 ${y - 16}h295v22h-295z`) : '',
        text(5, y, 'f-muted', label(row.name)),
        text(
          112,
          y,
          `${kind(row.inside)} ${amount ? 'f-strong f-limit-text' : differs ? 'f-strong f-process-text' : ''}`,
          words(row.inside),
        ),
        text(292, y, `${kind(row.outside)} f-end${amount ? ' f-strong f-limit-text' : ''}`, words(row.outside)),
      ];
    }),
  );
}

export const figure: StepFigure<readonly Layer[]> = { states, draw };
