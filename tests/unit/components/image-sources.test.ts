import { expect, it } from 'vitest';
import { sourcesOf } from '../../../src/components/machine/image-sources.ts';

it('names exactly the version of each source package, also of what is linked in', () => {
  const busybox = {
    name: 'busybox-static',
    source: 'busybox 1:1.35.0-4+deb12u1',
    builtUsing: ['glibc (= 2.36-9+deb12u14)'],
  };
  expect(sourcesOf(busybox)).toEqual([
    { name: 'busybox', version: '1:1.35.0-4+deb12u1' },
    { name: 'glibc', version: '2.36-9+deb12u14' },
  ]);
});

it('refuses a form that it does not know rather than leave a source out', () => {
  expect(() => sourcesOf({ name: 'x', source: 'x', builtUsing: [] })).toThrow('unknown form');
});
