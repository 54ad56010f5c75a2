import { describe, expect, it } from 'vitest';
import {
  afterEvent,
  type Connection,
  connectionEvents,
  connectionStates,
  figure,
} from '../../../src/figures/one-connection.ts';

const at = (event: (typeof connectionEvents)[number]): Connection => {
  const state = connectionStates[connectionEvents.indexOf(event)];
  if (!state) throw new Error(event);
  return state;
};

it('has a state for each event', () => {
  expect(connectionStates).toHaveLength(connectionEvents.length);
});

describe('what the lesson says', () => {
  it('the client is connected before the server accepts', () => {
    expect(at('handshake')).toMatchObject({ clientState: 'ESTAB', acceptQueue: 1, serverDescriptors: 1 });
  });

  it('bytes arrive that no program has asked for', () => {
    expect(at('send')).toMatchObject({ unread: true, acceptQueue: 1, serverDescriptors: 1 });
  });

  it('a connection costs the server a descriptor from accept to close', () => {
    const counts = connectionStates.map(({ serverDescriptors }) => serverDescriptors);
    expect(counts).toEqual([1, 1, 1, 1, 2, 2, 2, 1, 1]);
  });

  it('the side that closed first keeps its port without any descriptor', () => {
    expect(at('server-close')).toMatchObject({ clientState: 'TIME-WAIT', clientDescriptors: 0, clientPort: 'held' });
    expect(at('server-close').serverState).toBe('CLOSED');
  });

  it('in the end only the listening socket is left', () => {
    expect(at('a-minute')).toMatchObject({ ...at('listen'), clientPort: 'returned' });
  });
});

describe('afterEvent', () => {
  it('refuses what cannot happen', () => {
    expect(() => afterEvent(at('connect'), 'accept')).toThrow('accept');
    expect(() => afterEvent(at('listen'), 'handshake')).toThrow('handshake');
    expect(() => afterEvent(at('send'), 'answer')).toThrow('answer');
    expect(() => afterEvent(at('client-close'), 'a-minute')).toThrow('a-minute');
    expect(() => afterEvent(at('listen'), 'listen')).toThrow('listen');
  });
});

describe('the drawing', () => {
  const label = (name: string) => name;

  it('shows as many held tickets and taken places as the state has', () => {
    for (const state of connectionStates) {
      const svg = figure.draw(state, label);
      const held = state.clientDescriptors + state.serverDescriptors + Number(state.clientPort === 'held');
      expect(svg.match(/f-solid f-of-process/g) ?? []).toHaveLength(held);
      const taken = Number(state.listening) + state.synQueue + state.acceptQueue + Number(state.unread);
      expect(svg.match(/f-solid f-of-kernel/g) ?? []).toHaveLength(taken);
    }
  });

  it('has an arrow in the steps in which something travels', () => {
    expect(figure.draw(at('connect'), label)).toContain('>SYN</text>');
    expect(figure.draw(at('accept'), label)).not.toContain('f-head');
  });
});
