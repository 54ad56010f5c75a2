import { describe, expect, it } from 'vitest';
import {
  afterEvent,
  type Connection,
  connectionEvents,
  connectionStates,
  drawConnection,
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
    expect(at('server-close')).toMatchObject({ clientState: 'TIME-WAIT', clientDescriptors: 0, clientPort: true });
    expect(at('server-close').serverState).toBe('CLOSED');
  });

  it('in the end only the listening socket is left', () => {
    expect(at('a-minute')).toMatchObject({ ...at('listen'), wire: undefined });
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

describe('drawConnection', () => {
  const label = (name: string) => `<${name}>`;

  it('shows as many held tickets and taken slots as the state has', () => {
    for (const state of connectionStates) {
      const svg = drawConnection(state, label);
      const held = state.clientDescriptors + state.serverDescriptors + Number(state.clientPort);
      expect(svg.match(/ticket held/g) ?? []).toHaveLength(held);
      const taken = Number(state.listening) + state.synQueue + state.acceptQueue + Number(state.unread);
      expect(svg.match(/slot taken/g) ?? []).toHaveLength(taken);
    }
  });

  it('draws the wire in the steps in which something travels', () => {
    expect(drawConnection(at('connect'), label)).toContain('>SYN</text>');
    expect(drawConnection(at('accept'), label)).not.toContain('class="head"');
  });

  it('escapes labels', () => {
    expect(drawConnection(at('listen'), label)).toContain('&lt;client>');
  });
});
