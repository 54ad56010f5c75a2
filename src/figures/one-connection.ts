/**
 * One TCP connection from listen to the end of TIME_WAIT, step by step: what each side holds, and what the wire carries.
 * A model of tcp(7), listen(2) and RFC 9293, with the client closing first. Pure: the figure draws it, the tests walk it.
 */

import type { Label, StepFigure } from './drawing/step-figure.ts';
import { drawing, kernelBox, line, processBox, text } from './drawing/svg.ts';

/** States of a TCP socket that this story meets; the names are those of `ss`. */
export type TcpState = 'CLOSED' | 'SYN-SENT' | 'SYN-RECV' | 'ESTAB' | 'FIN-WAIT-2' | 'CLOSE-WAIT' | 'TIME-WAIT';

export interface Connection {
  /** Descriptors that the client process holds for this. */
  clientDescriptors: number;
  /** While the client's port is held, no other connection may have the same four values. */
  clientPort: 'none' | 'held' | 'returned';
  clientState: TcpState;
  /** Descriptors of the server process: one for the listening socket, one for each accepted connection. */
  serverDescriptors: number;
  listening: boolean;
  /** Of the server's end of the connection; the listening socket is one of its own. */
  serverState: TcpState;
  /** Handshakes that are not finished. */
  synQueue: number;
  /** Finished handshakes that no `accept` has fetched. */
  acceptQueue: number;
  /** Bytes of the client wait in the server's kernel. */
  unread: boolean;
  /** What travelled in this step, to the right or to the left. */
  wire: { text: string; to: 'client' | 'server' | 'both' } | undefined;
}

/** What happens in a step. */
export type ConnectionEvent =
  | 'listen'
  | 'connect'
  | 'handshake'
  | 'send'
  | 'accept'
  | 'answer'
  | 'client-close'
  | 'server-close'
  | 'a-minute';

const nothing: Connection = {
  clientDescriptors: 0,
  clientPort: 'none',
  clientState: 'CLOSED',
  serverDescriptors: 0,
  listening: false,
  serverState: 'CLOSED',
  synQueue: 0,
  acceptQueue: 0,
  unread: false,
  wire: undefined,
};

/** The state after an event. Throws where the event cannot happen, such as `accept` with nobody in the queue. */
export function afterEvent(state: Connection, event: ConnectionEvent): Connection {
  const must = (holds: boolean) => {
    if (!holds) throw new Error(`${event} is not possible here.`);
  };
  const now = { ...state, wire: undefined };
  switch (event) {
    case 'listen':
      must(!state.listening);
      return { ...now, listening: true, serverDescriptors: state.serverDescriptors + 1 };
    case 'connect':
      must(state.listening && state.clientState === 'CLOSED');
      return {
        ...now,
        clientDescriptors: 1,
        clientPort: 'held',
        clientState: 'SYN-SENT',
        serverState: 'SYN-RECV',
        synQueue: state.synQueue + 1,
        wire: { text: 'SYN', to: 'server' },
      };
    case 'handshake':
      must(state.synQueue > 0);
      return {
        ...now,
        clientState: 'ESTAB',
        serverState: 'ESTAB',
        synQueue: state.synQueue - 1,
        acceptQueue: state.acceptQueue + 1,
        wire: { text: 'SYN+ACK, ACK', to: 'both' },
      };
    case 'send':
      must(state.clientState === 'ESTAB');
      return { ...now, unread: true, wire: { text: 'GET /photo', to: 'server' } };
    case 'accept':
      must(state.acceptQueue > 0);
      return { ...now, acceptQueue: state.acceptQueue - 1, serverDescriptors: state.serverDescriptors + 1 };
    case 'answer':
      must(state.unread && state.serverDescriptors > 1);
      return { ...now, unread: false, wire: { text: '200 OK', to: 'client' } };
    case 'client-close':
      must(state.clientState === 'ESTAB');
      return {
        ...now,
        clientDescriptors: 0,
        clientState: 'FIN-WAIT-2',
        serverState: 'CLOSE-WAIT',
        wire: { text: 'FIN', to: 'server' },
      };
    case 'server-close':
      must(state.serverState === 'CLOSE-WAIT');
      return {
        ...now,
        serverDescriptors: state.serverDescriptors - 1,
        clientState: 'TIME-WAIT',
        serverState: 'CLOSED',
        wire: { text: 'FIN', to: 'client' },
      };
    case 'a-minute':
      must(state.clientState === 'TIME-WAIT');
      return { ...now, clientPort: 'returned', clientState: 'CLOSED' };
  }
}

/** The order in which the figure tells it. */
export const connectionEvents: readonly ConnectionEvent[] = [
  'listen',
  'connect',
  'handshake',
  'send',
  'accept',
  'answer',
  'client-close',
  'server-close',
  'a-minute',
];

/** The state after each event of `connectionEvents`. */
export const connectionStates: readonly Connection[] = walk(connectionEvents);

function walk(events: readonly ConnectionEvent[]): Connection[] {
  const states: Connection[] = [];
  for (const event of events) states.push(afterEvent(states.at(-1) ?? nothing, event));
  return states;
}

/** A small ticket: a descriptor or a port, solid where it is held. */
const ticket = (x: number, y: number, held: boolean) =>
  line(held ? 'f-solid f-of-process' : 'f-free', `M${x} ${y}h14v4a2 2 0 0 0 0 4v4h-14v-4a2 2 0 0 0 0 -4z`);
/** A place in the kernel, solid where something is in it. */
const slot = (x: number, y: number, taken: boolean) =>
  line(taken ? 'f-solid f-of-kernel' : 'f-free', `M${x} ${y}h14v12h-14z`);
const places = (count: number, taken: number, draw: (at: number, taken: boolean) => string) =>
  Array.from({ length: count }, (_, at) => draw(at, at < taken)).join('');

/** The port that the client borrows in the drawing; any of the ephemeral range would do. */
const clientPort = 50312;

function arrow({ text: words, to }: NonNullable<Connection['wire']>): string {
  return [
    line('f-line', 'M74 262H222'),
    to === 'client' ? '' : line('f-head', 'M225 262l-9 -4.5v9z'),
    to === 'server' ? '' : line('f-head', 'M71 262l9 -4.5v9z'),
    text(148, 254, 'f-code f-strong f-middle', words),
  ].join('');
}

function portText({ clientPort: port, clientState }: Connection, label: Label): string {
  if (port === 'none') return '';
  if (port === 'returned') return text(12, 148, 'f-muted', label('returned'));
  return text(12, 148, `f-code${clientState === 'TIME-WAIT' ? ' f-limit-text f-strong' : ''}`, `:${clientPort}`);
}

function draw(state: Connection, label: Label): string {
  const waits = state.clientState === 'TIME-WAIT';
  const process = (x: number, name: string, taken: number) =>
    processBox(x, 4, 138, 64) +
    text(x + 10, 24, 'f-strong', label(name)) +
    text(x + 10, 54, 'f-muted', label('descriptors')) +
    places(2, taken, (at, held) => ticket(x + 94 + at * 18, 44, held));
  const kernel = (x: number, tcp: TcpState) =>
    kernelBox(x, 80, 138, 148) +
    text(x + 10, 98, 'f-strong f-kernel-text', label('kernel')) +
    text(x + 10, 218, `f-code${tcp === 'CLOSED' ? ' f-muted' : ' f-strong'}`, tcp === 'CLOSED' ? '-' : tcp);
  const row = (y: number, name: string) => text(166, y + 10, 'f-muted', label(name));
  return drawing(
    272,
    process(2, 'client', state.clientDescriptors),
    process(156, 'server', state.serverDescriptors),
    kernel(2, state.clientState),
    kernel(156, state.serverState),
    text(12, 128, 'f-muted', label('port')),
    ticket(96, 118, state.clientPort === 'held'),
    portText(state, label),
    waits ? line('f-limit', 'M12 158h100') + text(12, 176, 'f-limit-text', label('minute')) : '',
    row(110, 'listening'),
    slot(272, 110, state.listening),
    row(134, 'syn'),
    slot(272, 134, state.synQueue > 0),
    row(158, 'queue'),
    places(2, state.acceptQueue, (at, taken) => slot(254 + at * 18, 158, taken)),
    line('f-limit', 'M290 153v22'),
    row(182, 'buffer'),
    slot(272, 182, state.unread),
    state.wire ? arrow(state.wire) : '',
  );
}

export const figure: StepFigure<Connection> = { states: connectionStates, draw };
