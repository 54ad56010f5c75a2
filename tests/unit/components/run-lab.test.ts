import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scriptOfBlock } from '../../../src/components/lab/run-lab-data.ts';
import { copyBlock } from '../../../src/components/lab/script.ts';
import { labIds, labsFolder } from '../../../tools/sync-prelude.ts';

it.each(labIds())('the machine in the browser runs the very script of %s', (id) => {
  const script = readFileSync(`${labsFolder}/${id}/lab.sh`, 'utf8');
  expect(scriptOfBlock(copyBlock(id, script))).toBe(script);
});
