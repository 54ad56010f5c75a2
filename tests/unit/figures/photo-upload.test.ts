import { describe, expect, it } from 'vitest';
import { apply, ask, figure, pieceBytes } from '../../../src/figures/photo-upload.ts';

const total = ({ pieces }: (typeof figure.states)[number]) => Object.values(pieces).reduce((sum, one) => sum + one, 0);

describe('the upload', () => {
  const [first] = figure.states;
  if (!first) throw new Error('no state');

  it('loses no piece, and ends with all of them on the disk', () => {
    expect(new Set(figure.states.map(total))).toEqual(new Set([2]));
    expect(figure.states.at(-1)?.pieces).toEqual({ network: 0, memory: 0, cache: 0, disk: 2 });
  });

  it('has nothing on the disk as long as it only writes, closes and replies', () => {
    expect(figure.states.slice(0, -1).map(({ pieces }) => pieces.disk)).toEqual(
      figure.states.slice(0, -1).map(() => 0),
    );
  });

  it('gives out the lowest free ticket', () => {
    const accepted = apply(first, { call: 'accept4' });
    expect(accepted.result).toBe(20);
    const opened = apply(accepted, { call: 'openat' });
    expect(opened.result).toBe(21);
    expect(apply(apply(opened, { call: 'close', number: 20 }), { call: 'accept4' }).result).toBe(20);
  });

  it('changes nothing before the answer', () => {
    const asked = ask(first, { call: 'accept4' });
    expect([...asked.tickets]).toEqual([...first.tickets]);
    expect(asked.pieces).toEqual(first.pieces);
  });

  it('counts calls, and the flush as none', () => {
    expect(figure.states.map(({ calls }) => calls)).toEqual([0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 8]);
  });

  it('answers a read with its bytes, and refuses what cannot be', () => {
    const accepted = apply(first, { call: 'accept4' });
    expect(apply(accepted, { call: 'read', from: 20 }).result).toBe(pieceBytes);
    expect(() => apply(accepted, { call: 'write', to: 20 })).toThrow('no piece in memory');
    expect(() => apply(first, { call: 'read', from: 20 })).toThrow('ticket 20');
  });
});
