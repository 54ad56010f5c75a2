import { describe, expect, it } from 'vitest';
import { firstChoice, type RuntimeLoaders, survey, type Wish } from '../../../src/runtime/choose.ts';
import type { Availability, SnippetRuntime } from '../../../src/runtime/contract.ts';
import { RecordedRuntime } from '../../../src/runtime/recorded.ts';

const anywhere: Wish = { backends: ['local-node', 'webcontainer'], spec: { id: 'sample' } };
const linuxLimits: Wish = { ...anywhere, spec: { id: 'sample', limits: { nofile: 64 } } };

/** A recording's runtime that answers as told when asked whether it is available. */
class Answering extends RecordedRuntime {
  readonly #answer: Availability;
  constructor(answer: Availability) {
    super({});
    this.#answer = answer;
  }
  override async availability(): Promise<Availability> {
    return this.#answer;
  }
}

describe('firstChoice', () => {
  it('is the local Node where the local server serves the page', () => {
    expect(firstChoice(anywhere, true)).toBe('local-node');
    expect(firstChoice(linuxLimits, true)).toBe('local-node');
  });

  it('offers the tab in a deployed build', () => {
    expect(firstChoice(anywhere, false)).toBe('webcontainer');
  });

  it('is the recording where a tab cannot give what the snippet needs', () => {
    expect(firstChoice(linuxLimits, false)).toBe('recorded');
    expect(firstChoice({ ...anywhere, backends: ['local-node'] }, false)).toBe('recorded');
  });
});

describe('survey', () => {
  const yes = async (): Promise<SnippetRuntime> => new Answering({ ok: true });

  it('lists every backend, best first, with a runtime or with a reason', async () => {
    const loaders: RuntimeLoaders = {
      'local-node': async () => new Answering({ ok: false, reason: 'no-endpoint' }),
      webcontainer: yes,
      recorded: yes,
    };
    const found = await survey(loaders, anywhere);
    expect(found.map(({ backend, runtime, reason }) => [backend, reason ?? (runtime && 'available')])).toEqual([
      ['local-node', 'no-endpoint'],
      ['webcontainer', 'available'],
      ['linux-vm', 'not-yet'],
      ['recorded', 'available'],
    ]);
  });

  it('does not load a backend for which the snippet is not made', async () => {
    let loaded = 0;
    const webcontainer = async () => {
      loaded++;
      return yes();
    };
    const found = await survey({ webcontainer, recorded: yes }, { ...anywhere, backends: ['local-node'] });
    expect(found.find(({ backend }) => backend === 'webcontainer')?.reason).toBe('not-for-this-snippet');
    expect(loaded).toBe(0);
  });

  it('takes a backend whose code cannot be loaded, or that throws, for one that is offline', async () => {
    const broken = async () => Promise.reject(new Error('no such chunk'));
    const found = await survey({ webcontainer: broken, recorded: yes }, anywhere);
    expect(found.find(({ backend }) => backend === 'webcontainer')).toEqual({
      backend: 'webcontainer',
      reason: 'offline',
    });
    expect(found.find(({ backend }) => backend === 'local-node')?.reason).toBe('no-endpoint');
  });
});
