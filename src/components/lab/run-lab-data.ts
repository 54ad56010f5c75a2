import type { BrowserLab } from '../../runtime/linux-vm/messages.ts';

/** What `<run-lab>` finds as JSON in `data-run`: the lab without its script, which the page has in the block to paste. */
export type RunLabData = Omit<BrowserLab, 'script'>;

/** The script in the block that `copyBlock` made of it: what stands between the first line and the end of the here-document. */
export function scriptOfBlock(block: string): string {
  return block.slice(block.indexOf('\n') + 1, block.lastIndexOf('\nLAB\n') + 1);
}
