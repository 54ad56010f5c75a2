/** What form, Markdown and store know of a sheet, in the words of one language. Ids are the same in both: so is what was written. */
import type { Language } from '../../site/locales.ts';
import type { Sheet } from '../../site/schemas/sheet.ts';

interface Named {
  id: string;
  label: string;
}

export interface SheetField extends Named {
  kind: 'line' | 'text' | 'date' | 'choice' | 'table';
  hint: string;
  /** Of a choice. */
  options: Named[];
  /** Of a table. */
  columns: Named[];
  rows: number;
}

export interface SheetShape {
  id: string;
  title: string;
  fields: SheetField[];
  /** Ids that fields had, to those that they have now. */
  renamed: Record<string, string>;
  /** Above what was written in fields that the sheet no longer has. */
  leftOver: string;
}

/** Texts by the names of their form controls: `reason`, and in a table `options.2.cost`. */
export type Values = Readonly<Record<string, string>>;

/** The control in a row, which counts from 1, and a column of a table. */
export const cellName = (field: string, row: number, column: string) => `${field}.${row}.${column}`;

/** The rows of a table, from 1. */
export const rowsOf = ({ rows }: SheetField) => Array.from({ length: rows }, (_, at) => at + 1);

export function sheetShape(id: string, sheet: Sheet, language: Language, leftOver: string): SheetShape {
  const named = (all: readonly { id: string; label: Record<Language, string> }[]) =>
    all.map(({ id, label }) => ({ id, label: label[language] }));
  return {
    id,
    title: sheet.title[language],
    fields: sheet.fields.map((field) => ({
      id: field.id,
      kind: field.kind,
      label: field.label[language],
      hint: field.hint[language],
      options: field.kind === 'choice' ? named(field.options) : [],
      columns: field.kind === 'table' ? named(field.columns) : [],
      rows: field.kind === 'table' ? field.rows : 0,
    })),
    renamed: Object.fromEntries(sheet.fields.flatMap(({ id, formerly }) => formerly.map((old) => [old, id]))),
    leftOver,
  };
}
