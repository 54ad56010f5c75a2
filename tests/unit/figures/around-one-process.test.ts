/** The rules of the figure: each layer changes what it is for and nothing else, and the host's numbers are recorded ones. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { figure, host, type Layer, order, type Row, same, view } from '../../../src/figures/around-one-process.ts';

const row = (layers: readonly Layer[], name: Row['name']): Row => {
  const found = view(layers).find((one) => one.name === name);
  if (!found) throw new Error(`no row ${name}`);
  return found;
};
const differing = (layers: readonly Layer[]) =>
  view(layers)
    .filter(({ inside, outside }) => !same(inside, outside))
    .map(({ name }) => name);
const anyLayers = fc.subarray([...order]);

it('begins with a process that sees what the host sees, and ends with all layers', () => {
  expect(differing(figure.states[0] ?? ['user'])).toEqual([]);
  expect(figure.states.at(-1)).toEqual(order);
});

it('lets each layer change its own rows', () => {
  expect(differing(['user'])).toEqual(['uid', 'rights']);
  expect(differing(['uts'])).toEqual(['name']);
  expect(differing(['pid'])).toEqual(['pid']);
  expect(differing(['mnt'])).toEqual([]);
  expect(differing(['pid', 'mnt'])).toEqual(['pid', 'ps']);
  expect(differing(['net'])).toEqual(['network']);
  expect(differing(['cgroup'])).toEqual(['group']);
  expect(differing(['files'])).toEqual(['files']);
});

it('never changes its number, its user and its powers on the host', () => {
  fc.assert(
    fc.property(anyLayers, (layers) => {
      for (const name of ['uid', 'name', 'pid', 'ps', 'network', 'rights'] as const)
        expect(row(layers, name).outside).toEqual(row([], name).outside);
    }),
  );
});

it('shows the limit alike on both sides, whatever else is around it', () => {
  fc.assert(
    fc.property(anyLayers, (layers) => {
      const { inside, outside } = row(layers, 'memory');
      expect(inside).toEqual(outside);
    }),
  );
});

it('has the numbers that the labs recorded', () => {
  const recorded = (name: string) => readFileSync(`src/content/labs/${name}.txt`, 'utf8');
  const namespaces = recorded('namespaces/recorded/debian-12-systemd-user');
  expect(namespaces).toContain(`\nowner_outside=${host.uid}\n`);
  expect(namespaces).toContain(`\npid_in_old_proc=${host.pid}\nprocesses_in_old_proc=${host.processes}\n`);
  expect(readFileSync('src/content/figures/two-views.yaml', 'utf8')).toContain(host.pid);
  expect(namespaces).toContain('\npid_in_new_proc=1\nprocesses_in_new_proc=1\n');
  expect(namespaces).toContain('\ninside_hostname=tiny\n');
  expect(namespaces).toContain('\ninside_interfaces=lo\n');
  const container = recorded('container-by-hand/recorded/debian-12-v86');
  expect(container).toContain(`\nmemory_max=${Number.parseInt(host.memory, 10) * 1024 ** 2}\n`);
  expect(container).toContain('\ncontainer_group=0::/\n');
  expect(readFileSync('src/content/labs/container-by-hand/lab.sh', 'utf8')).toContain(`/sys/fs/cgroup${host.group}\n`);
});
