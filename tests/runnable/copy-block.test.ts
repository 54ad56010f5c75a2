import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyBlock } from '../../src/components/lab/script.ts';

/**
 * Pastes the block of each lab into interactive shells on a real terminal (`script` of util-linux makes one), where history expansion,
 * completion and line editing are at work. Start-up files are left out: they are the machine's, not ours.
 */
const shells = {
  bash: 'bash --norc --noprofile -i',
  dash: 'dash -i',
  zsh: 'zsh -f -i',
};
/** The lab that only reads: it is run in every shell, the others are written and compared. */
const cheapest = 'limitsconf';

const labs = readdirSync('src/content/labs', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const scriptOf = (id: string) => readFileSync(`src/content/labs/${id}/lab.sh`, 'utf8');

let home: string;
let terminal: ChildProcess | undefined;
let screen: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'paste-'));
  screen = '';
});

afterEach(() => {
  terminal?.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

/** Types a text into a fresh interactive shell and waits until `seen` is on its screen. */
async function paste(command: string, text: string, seen: RegExp): Promise<void> {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm', LANG: 'C.UTF-8' };
  terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: home, env: environment });
  terminal.stdin?.write(text);
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`"${seen}" did not appear:\n${screen.slice(-2000)}`)), 40_000);
    terminal?.stdout?.on('data', (data: Buffer) => {
      screen += data.toString('utf8');
      if (!seen.test(screen)) return;
      clearTimeout(late);
      resolve();
    });
  });
}

if (!has('script')) console.warn('copy-block: skipped, "script" (util-linux) is not installed');

describe.skipIf(!has('script')).each(Object.entries(shells))('pasted into %s', (shell, command) => {
  if (!has(shell)) console.warn(`copy-block: ${shell} skipped, it is not installed`);

  it.skipIf(!has(shell)).each(labs)('%s arrives as it is', async (id) => {
    const block = copyBlock(id, scriptOf(id)).replace(/bash \S+\.sh\n$/, '');
    // Quotes in the middle: the typed line, which the terminal echoes, is not yet the answer.
    await paste(command, `${block}echo "pas""ted"\n`, /pasted/);
    expect(readFileSync(join(home, `${id}.sh`), 'utf8')).toBe(scriptOf(id));
  });

  it.skipIf(!has(shell))(`${cheapest} runs under bash at once`, async () => {
    await paste(command, copyBlock(cheapest, scriptOf(cheapest)), new RegExp(`== end ${cheapest} fail=\\d+\\s`));
    expect(screen).toMatch(/^shell=bash-\d/m);
    expect(screen).toContain(`== end ${cheapest} fail=0`);
  });
});
