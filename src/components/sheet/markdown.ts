/**
 * A sheet as Markdown (CommonMark with GitHub's tables). What readers wrote stays text: lists, emphasis and links of theirs work, but none
 * of their lines can become a heading, a table, code or HTML, or end the block it stands in.
 */
import { cellName, rowsOf, type SheetField, type SheetShape, type Values } from './shape.ts';

/** Signs that begin code, HTML, table cells or entities, wherever they stand. */
const inline = (text: string) => text.replace(/[\\`<|]|&(?=#?\w+;)/g, '\\$&');

const oneLine = (text: string) => inline(text.replace(/\s+/g, ' ').trim());

/** Also without "#", which could close the heading: "C #". */
const heading = (text: string) => oneLine(text).replaceAll('#', '\\#');

const cell = (text: string) => inline(text.trim()).replace(/\s*[\r\n]\s*/g, '<br>');

/** Marks of list items, which may stand before a mark that is none of the reader's business. */
const listMarks = /^(?:\s*(?:[-*+]|\d{1,2}[.)])(?=\s))*\s*/;
/** No list begins at 2026, but a date may. */
const yearMark = /^(\d{3,9})([.)])(?=\s|$)/;
/** Headings, quotations, fences, definitions, and lines of signs: a rule, the line under a heading, the one under a table's head. */
const blockMark = /^(?:#|>|~~~|\[[^\]]*\]:|[-=*_:+][-=*_:|\s]*$)/;

function blockLine(line: string): string {
  const text = line.trimEnd();
  const [marks = ''] = listMarks.exec(text) ?? [];
  const rest = text.slice(marks.length);
  // Four spaces would be code.
  const indented = marks.replace(/^\s+/, (space) => ' '.repeat(Math.min(3, space.length)));
  return indented + (blockMark.test(rest) ? '\\' : '') + inline(rest).replace(yearMark, '$1\\$2');
}

/** Lines stay lines: two spaces at the end break one where more follows. */
function block(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/^\s*\n|\s+$/g, '')
    .split('\n')
    .map(blockLine);
  return lines.map((line, at) => (line && lines[at + 1] ? `${line}  ` : line)).join('\n');
}

function table({ id, columns, ...field }: SheetField, values: Values): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const filled = rowsOf({ id, columns, ...field })
    .map((at) => columns.map((column) => cell(values[cellName(id, at, column.id)] ?? '')))
    .filter((cells) => cells.some((text) => text !== ''));
  if (filled.length === 0) filled.push(columns.map(() => ''));
  return [row(columns.map(({ label }) => cell(label))), row(columns.map(() => '---')), ...filled.map(row)].join('\n');
}

function body(field: SheetField, values: Values): string {
  const value = values[field.id]?.trim() ?? '';
  const hint = `_${oneLine(field.hint)}_`;
  if (field.kind === 'table') {
    const empty = Object.entries(values).every(
      ([name, text]) => !name.startsWith(`${field.id}.`) || text.trim() === '',
    );
    return empty ? `${hint}\n\n${table(field, values)}` : table(field, values);
  }
  if (value === '') return hint;
  if (field.kind === 'choice') return oneLine(field.options.find(({ id }) => id === value)?.label ?? value);
  return field.kind === 'text' ? block(value) : oneLine(value);
}

/** Names of all controls of a sheet. */
export const namesOf = ({ fields }: Pick<SheetShape, 'fields'>): string[] =>
  fields.flatMap((field) =>
    field.kind === 'table'
      ? rowsOf(field).flatMap((row) => field.columns.map((column) => cellName(field.id, row, column.id)))
      : [field.id],
  );

/** The sheet with `values`; what is not filled in says what belongs there, so that an empty sheet is the template. */
export function toMarkdown(shape: SheetShape, values: Values): string {
  const [title, ...rest] = shape.fields;
  const known = new Set(namesOf(shape));
  const leftOver = Object.entries(values).filter(([name, text]) => !known.has(name) && text.trim() !== '');
  return `${[
    `# ${heading(values[title?.id ?? ''] ?? '') || heading(shape.title)}`,
    ...rest.flatMap((field) => [`## ${heading(field.label)}`, body(field, values)]),
    ...(leftOver.length > 0 ? [`## ${heading(shape.leftOver)}`] : []),
    ...leftOver.map(([, text]) => block(text)),
  ].join('\n\n')}\n`;
}
