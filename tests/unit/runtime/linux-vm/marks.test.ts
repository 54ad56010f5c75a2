/** The stream of the guest's terminal: marks are found wherever it is cut, and nothing else is lost. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MarkReader, type Piece } from '../../../../src/runtime/linux-vm/marks.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a stream means, whatever the pieces: neighbouring bytes as one text. */
function read(parts: readonly Uint8Array[]): (string | Exclude<Piece, { kind: 'bytes' }>)[] {
  const reader = new MarkReader();
  const seen: (string | Exclude<Piece, { kind: 'bytes' }>)[] = [];
  for (const piece of parts.flatMap((part) => reader.push(part))) {
    if (piece.kind !== 'bytes') seen.push(piece);
    else {
      const text = new TextDecoder().decode(piece.bytes);
      const last = seen.at(-1);
      if (typeof last === 'string') seen[seen.length - 1] = last + text;
      else seen.push(text);
    }
  }
  return seen;
}

const command = '$ ls\r\n\x1b]133;C\x07a  b\r\n\x1b]133;D;2\x07$ \x1b]133;B\x07';
const meaning = [
  '$ ls\r\n',
  { kind: 'output-begins' },
  'a  b\r\n',
  { kind: 'command-ended', code: 2 },
  '$ ',
  { kind: 'prompt' },
];

it('tells a command, its output, its end and the next prompt apart', () => {
  expect(read([bytes(command)])).toEqual(meaning);
});

it('does so wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: command.length }), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), command.length];
      const parts = at.slice(1).map((end, i) => bytes(command.slice(at[i], end)));
      expect(read(parts)).toEqual(meaning);
    }),
  );
});

it.each([
  ['another sequence of a terminal', '\x1b[31mred\x1b[0m'],
  ['a title, which begins alike', '\x1b]0;title\x07'],
  ['a mark that is none of ours', '\x1b]133;A;k=1\x07 after'],
  ['a mark with a code that is none', '\x1b]133;D;abc\x07 after'],
  ['an escape before a mark of two parts', '\x1b\x1b[1m'],
  ['a mark without end', `\x1b]133;D;${'9'.repeat(100)} after`],
])('leaves %s as it is', (_, text) => {
  expect(read([bytes(text), bytes('\n')])).toEqual([`${text}\n`]);
});

it('finds a mark right behind a broken one', () => {
  expect(read([bytes('\x1b]13\x1b]133;C\x07x')])).toEqual(['\x1b]13', { kind: 'output-begins' }, 'x']);
  expect(read([bytes('\x1b]133;D;\x1b]133;C\x07x')])).toEqual(['\x1b]133;D;', { kind: 'output-begins' }, 'x']);
});
