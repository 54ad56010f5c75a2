import { describe, expect, it } from 'vitest';
import type { DiffRow } from '../../../src/checker/types.ts';
import { foldRows } from '../../../src/components/elements/diff-rows.ts';

const same = (text: string): DiffRow => ({ kind: 'same', expected: text, actual: text });
const missing: DiffRow = { kind: 'missing', expected: 'gone' };
const shape = (rows: ReturnType<typeof foldRows>) =>
  rows.map((row) => (row.kind === 'folded' ? `(${row.count})` : row.kind === 'missing' ? '-' : '='));

describe('foldRows', () => {
  it('keeps one row around each difference', () => {
    const rows = [...'abcdefg'].map(same);
    rows.splice(3, 0, missing);
    expect(shape(foldRows(rows))).toEqual(['(2)', '=', '-', '=', '(3)']);
  });

  it('shows a stretch of one row: the fold would not be shorter', () => {
    const rows = [same('a'), same('b'), missing];
    expect(shape(foldRows(rows))).toEqual(['=', '=', '-']);
  });

  it('folds everything where all is well', () => {
    expect(shape(foldRows([...'abc'].map(same)))).toEqual(['(3)']);
  });

  it('never hides a difference', () => {
    const rows = [missing, ...[...'abcdef'].map(same), missing];
    expect(foldRows(rows).filter(({ kind }) => kind === 'missing')).toHaveLength(2);
  });

  it('counts every row, shown or folded', () => {
    const rows = [...'abcdefghij'].map(same);
    rows.splice(5, 0, missing);
    const count = foldRows(rows).reduce((sum, row) => sum + (row.kind === 'folded' ? row.count : 1), 0);
    expect(count).toBe(rows.length);
  });
});
