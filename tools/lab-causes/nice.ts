import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, asUser, onlyRoot, userMade, withNode } from '../lab-environments.ts';
import type { Caused } from './index.ts';

/** 1 % of one CPU, under control groups v1 or v2. */
function tinyCpu() {
  const v1 = existsSync('/sys/fs/cgroup/cpu/cpu.cfs_quota_us');
  const folder = join(v1 ? '/sys/fs/cgroup/cpu' : '/sys/fs/cgroup', 'lab-cpu-1-percent');
  const prepare = () => {
    mkdirSync(folder, { recursive: true });
    if (v1) writeFileSync(join(folder, 'cpu.cfs_quota_us'), '1000');
    else writeFileSync(join(folder, 'cpu.max'), '1000 100000');
    return () => rmdirSync(folder);
  };
  const unavailable = () => {
    const notRoot = onlyRoot();
    if (notRoot) return notRoot;
    try {
      prepare()();
      return undefined;
    } catch (error) {
      return `no control group with a limit of CPU can be made here: ${error instanceof Error ? error.message : error}`;
    }
  };
  return { enter: `echo $$ > ${folder}/cgroup.procs`, prepare, unavailable };
}
const tiny = tinyCpu();

export const caused: Caused[] = [
  { id: 'root', made: 'root', lab: 'nice', cause: 'may-go-up', unavailable: onlyRoot },
  {
    id: 'nice-5',
    made: `${userMade}, started with "nice -n 5"`,
    lab: 'nice',
    cause: 'shell-is-nice',
    wrap: (argv) => asUser(['nice', '-n', '5', ...argv]),
  },
  {
    id: 'no-taskset',
    made: `${userMade}, no taskset on the PATH`,
    lab: 'nice',
    cause: 'no-taskset',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('taskset')),
  },
  {
    id: 'cpu-1-percent',
    made: 'root in a control group with 1 % of one CPU',
    lab: 'nice',
    cause: 'too-little-cpu',
    prepare: tiny.prepare,
    unavailable: tiny.unavailable,
    wrap: (argv) => after(tiny.enter, argv),
    path: (box) => [box.programsWithout('node', 'nodejs')],
  },
];
