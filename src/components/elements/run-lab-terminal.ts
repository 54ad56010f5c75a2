/** The terminal of a lab in the browser: xterm.js in the colours of the page, as wide as its place. */
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';
// Inline: as a style sheet it would be part of every page that has a lab.
import sheet from '@xterm/xterm/css/xterm.css?inline';

export interface LabTerminal {
  readonly columns: number;
  readonly rows: number;
  write(bytes: Uint8Array): void;
  /** Empty, as for a new machine. */
  clear(): void;
  focus(): void;
  /** Whether what is printed is read out: not during a lab, which prints a hundred lines. */
  readOut(on: boolean): void;
  /** Whether there is a machine to type to. */
  enable(on: boolean): void;
}

/** So many lines can be scrolled back to. */
const scrollback = 5000;

/** @param label for the field in which the reader types */
export function openTerminal(
  place: HTMLElement,
  label: string,
  onKeys: (keys: string) => void,
  onResize: (columns: number, rows: number) => void,
): LabTerminal {
  const style = document.createElement('style');
  style.textContent = sheet;
  document.head.append(style);
  const { fontFamily } = getComputedStyle(place);
  const terminal = new Terminal({
    fontFamily,
    fontSize: 13,
    lineHeight: 1.25,
    scrollback,
    minimumContrastRatio: 4.5,
    theme: themeOf(place),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  terminal.textarea?.setAttribute('aria-label', label);
  fit.fit();
  leaveByKeyboard(terminal);
  terminal.onData(onKeys);
  terminal.onResize(({ cols, rows }) => onResize(cols, rows));
  new ResizeObserver(() => {
    if (place.clientWidth > 0) fit.fit();
  }).observe(place);
  new MutationObserver(() => {
    terminal.options.theme = themeOf(place);
  }).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return {
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    write: (bytes) => terminal.write(bytes),
    clear: () => terminal.reset(),
    focus: () => terminal.focus(),
    readOut: (on) => {
      terminal.options.screenReaderMode = on;
    },
    enable: (on) => {
      terminal.options.disableStdin = !on;
    },
  };
}

/** A terminal needs Tab for itself. After Escape, the next Tab is the browser's: nobody is caught in it. */
function leaveByKeyboard(terminal: Terminal): void {
  let leaving = false;
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown' || event.key === 'Shift') return true;
    const leave = leaving && event.key === 'Tab';
    leaving = event.key === 'Escape';
    return !leave;
  });
}

function themeOf(place: HTMLElement): ITheme {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    background: colour('bg'),
    foreground: colour('ink'),
    cursor: colour('process'),
    cursorAccent: colour('bg'),
    selectionBackground: colour('process-soft'),
    selectionForeground: colour('ink'),
    red: colour('fail'),
    green: colour('ok'),
    yellow: colour('limit'),
    blue: colour('process'),
    magenta: colour('kernel'),
  };
}
