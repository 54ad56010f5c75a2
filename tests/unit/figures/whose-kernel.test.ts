/** The figure's rules, and that it says the same as the snippet of the lesson. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answeredTogether, answering, figure, pileEnd, places, services } from '../../../src/figures/whose-kernel.ts';

const place = (id: string) => {
  const found = places.find((one) => one.id === id);
  if (!found) throw new Error(`no place ${id}`);
  return found;
};
const alone = (id: string) => answeredTogether(place(id), 'thumb').length === 1;

describe('who answers', () => {
  it('is never a hypervisor, and always the layer right below the services', () => {
    for (const one of places) {
      expect(answering(one).name).not.toBe('hypervisor');
      expect(answering(one)).toBe(one.layers[0]);
    }
    expect(() => answering({ id: 'x', containers: false, vm: 'none', layers: [] })).toThrow('nobody answers in x');
  });

  it('is the same for a process and for a container', () => {
    expect(answering(place('container'))).toEqual(answering(place('process')));
  });

  it('is shared where there is one machine or one virtual machine, and not where each service has one', () => {
    for (const one of places.filter(({ vm }) => vm !== 'none')) expect(alone(one.id)).toBe(one.vm === 'each');
    expect(alone('container')).toBe(false);
    expect(alone('gvisor')).toBe(true);
    expect(answeredTogether(place('desktop'), 'thumb')).toEqual(services);
  });

  it('is what the snippet prints', () => {
    const printed = readFileSync('src/content/snippets/which-kernel-answers/expected.txt', 'utf8');
    const rows = { process: 'process', container: 'container', 'VM each': 'vm', 'Docker Desktop': 'desktop' };
    for (const [name, id] of Object.entries({
      ...rows,
      'Apple container': 'apple',
      Kata: 'microvm',
      gVisor: 'gvisor',
    })) {
      const line = printed.split('\n').find((one) => one.startsWith(`${name}  `)) ?? '';
      const fallen = services.filter((service) => line.slice(34).split(' ').includes(service));
      expect(fallen, name).toEqual(answeredTogether(place(id), 'thumb'));
    }
  });
});

it('draws every place inside a frame of one height, so that the buttons stay where they are', () => {
  const heights = figure.states.map((state) => /viewBox="0 0 296 (\d+)"/.exec(figure.draw(state, String))?.[1]);
  expect(new Set(heights).size).toBe(1);
  expect(pileEnd(38, 3)).toBeLessThan(Number(heights[0]));
});
