// What other commands say about limits: `ulimit -a` of bash, BusyBox, zsh and dash, and /proc/<pid>/limits.

/** The option of `ulimit` for each limit of the probe, and how many bytes or pieces its unit is. */
const options: Record<string, [name: string, unit: number]> = {
  c: ['core', 1024],
  d: ['data', 1024],
  e: ['nice', 1],
  f: ['fsize', 1024],
  i: ['sigpending', 1],
  l: ['memlock', 1024],
  m: ['rss', 1024],
  n: ['nofile', 1],
  q: ['msgqueue', 1],
  r: ['rtprio', 1],
  R: ['rttime', 1],
  s: ['stack', 1024],
  t: ['cpu', 1],
  u: ['nproc', 1],
  v: ['as', 1024],
  x: ['locks', 1],
};

/** dash names them without their options. Its blocks have 512 bytes. */
const dashNames: Record<string, [name: string, unit: number]> = {
  'coredump(blocks)': ['core', 512],
  'data(kbytes)': ['data', 1024],
  'file(blocks)': ['fsize', 512],
  'locked memory(kbytes)': ['memlock', 1024],
  'memory(kbytes)': ['rss', 1024],
  nofiles: ['nofile', 1],
  process: ['nproc', 1],
  'stack(kbytes)': ['stack', 1024],
  'time(seconds)': ['cpu', 1],
  'vmemory(kbytes)': ['as', 1024],
  locks: ['locks', 1],
  rtprio: ['rtprio', 1],
};

const procNames: Record<string, string> = {
  'Max cpu time': 'cpu',
  'Max file size': 'fsize',
  'Max data size': 'data',
  'Max stack size': 'stack',
  'Max core file size': 'core',
  'Max resident set': 'rss',
  'Max processes': 'nproc',
  'Max open files': 'nofile',
  'Max locked memory': 'memlock',
  'Max address space': 'as',
  'Max file locks': 'locks',
  'Max pending signals': 'sigpending',
  'Max msgqueue size': 'msgqueue',
  'Max nice priority': 'nice',
  'Max realtime priority': 'rtprio',
  'Max realtime timeout': 'rttime',
};

const value = /^(?:\d{1,20}|unlimited)$/;
const bashOption = /[( ]-([a-zA-Z])\)$/;
const zshOption = /^-([a-zA-Z]): /;
const spaces = /\s+/;

/**
 * The limits that a text names, as facts of the probe (`limit_nofile`). A side that was not printed is `?`: `ulimit -a` says only the
 * soft ones. Sizes are bytes. Nothing where fewer than three lines are lines of such an output.
 */
export function readLimits(lines: readonly string[]): Record<string, string> | undefined {
  const facts: Record<string, string> = Object.create(null);
  for (const line of lines) {
    if (line.length > 200) continue;
    const found = readProc(line) ?? readUlimit(line);
    if (found) facts[`limit_${found[0]}`] = found[1];
  }
  return Object.keys(facts).length >= 3 ? facts : undefined;
}

function readProc(line: string): [string, string] | undefined {
  const name = procNames[line.slice(0, 25).trim()];
  const [soft = '', hard = ''] = line.slice(25).trim().split(spaces);
  return name && value.test(soft) && value.test(hard) ? [name, `${soft}:${hard}`] : undefined;
}

function readUlimit(line: string): [string, string] | undefined {
  const cut = line.lastIndexOf(' ');
  const soft = line.slice(cut + 1);
  if (cut < 0 || !value.test(soft)) return undefined;
  const label = line.slice(0, cut).trim();
  const option = zshOption.exec(`${label} `)?.[1] ?? bashOption.exec(label)?.[1];
  const [name, unit] = (option === undefined ? own(dashNames, label) : own(options, option)) ?? [];
  if (!name || !unit) return undefined;
  return [name, `${soft === 'unlimited' ? soft : BigInt(soft) * BigInt(unit)}:?`];
}

const own = <Value>(table: Record<string, Value>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
