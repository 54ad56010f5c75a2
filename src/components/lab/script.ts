/** A lab's script as the page shows and delivers it. Build time only: it hashes with Node. */
import { createHash } from 'node:crypto';

export interface ScriptParts {
  /** The first lines: what the lab is. */
  head: string;
  /** The helpers that every lab has, from marker to marker; empty in a script without them. */
  prelude: string;
  /** The steps, which are what the lesson is about. */
  body: string;
}

const preludeStart = /^# -+ prelude\b/;
const preludeEnd = /^# -+ prelude end\b/;

/** Cuts a script at the marker lines around the shared helpers. Joined by line feeds, the parts that are not empty are the script. */
export function splitScript(script: string): ScriptParts {
  const lines = script.replace(/\n$/, '').split('\n');
  const from = lines.findIndex((line) => preludeStart.test(line));
  const to = lines.findIndex((line, at) => at > from && preludeEnd.test(line));
  if (from < 0 || to < 0) return { head: '', prelude: '', body: lines.join('\n') };
  return {
    head: lines.slice(0, from).join('\n'),
    prelude: lines.slice(from, to + 1).join('\n'),
    body: lines.slice(to + 1).join('\n'),
  };
}

/** Ends the here-document. A script that had this line would run from there on in the reader's own shell. */
const delimiter = 'LAB';
/** A terminal in line mode keeps 4095 bytes of a line and drops the rest: N_TTY_BUF_SIZE in drivers/tty/n_tty.c of Linux. */
const longestLine = 4000;

/**
 * The block that a reader pastes once: it writes the script into a file and runs it under bash, whatever shell they are in. The quoted
 * delimiter keeps every byte as it is. Throws where a paste could change the script: a tab starts completion in an interactive shell,
 * a control character may be a command of the line editor, and a byte outside of ASCII depends on the locale.
 */
export function copyBlock(id: string, script: string): string {
  const text = script.endsWith('\n') ? script : `${script}\n`;
  const lines = text.slice(0, -1).split('\n');
  for (const [at, line] of lines.entries()) {
    const where = `${id}/lab.sh, line ${at + 1}`;
    if (line === delimiter)
      throw new Error(`${where}: "${delimiter}" alone on a line ends the block that readers paste.`);
    if (/[^\x20-\x7e]/.test(line)) throw new Error(`${where}: only printable ASCII survives a paste (no tabs).`);
    if (line.length > longestLine) throw new Error(`${where}: longer than ${longestLine} characters.`);
  }
  return `cat > ${id}.sh <<'${delimiter}'\n${text}${delimiter}\nbash ${id}.sh\n`;
}

/** SHA-256 of a text in UTF-8, as 64 hexadecimal digits: what `sha256sum` prints. */
export function checksum(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The checksums of files in the format of `sha256sum`, so that `sha256sum -c` reads them. */
export function checksumFile(files: readonly { name: string; text: string }[]): string {
  return files.map(({ name, text }) => `${checksum(text)}  ${name}\n`).join('');
}
