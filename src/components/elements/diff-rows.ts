import type { DiffRow } from '../../checker/types.ts';

/** A row of the comparison, or a number of rows in which nothing is wrong. */
export type ShownRow = DiffRow | { kind: 'folded'; count: number };

const fine = (row: DiffRow): boolean => row.kind === 'same' || row.kind === 'any';

/**
 * The rows with long stretches of agreement folded: each difference keeps `context` rows before and after it. A stretch of a single row
 * is shown, because the fold would take as much room.
 */
export function foldRows(rows: readonly DiffRow[], context = 1): ShownRow[] {
  const kept = rows.map((row) => !fine(row));
  const near = rows.map((_, at) => kept.slice(Math.max(0, at - context), at + context + 1).includes(true));
  const shown: ShownRow[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (!row) break;
    if (near[at]) {
      shown.push(row);
      continue;
    }
    const start = at;
    while (at + 1 < rows.length && !near[at + 1]) at++;
    const count = at - start + 1;
    shown.push(count > 1 ? { kind: 'folded', count } : row);
  }
  return shown;
}
