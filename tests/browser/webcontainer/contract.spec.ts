import { contractCases } from '../../contract/runtime-contract.ts';
import { test } from './fixtures.ts';

test.describe('WebContainer runtime, real client, stand-in host (ours, not StackBlitz)', () => {
  for (const { name, deadlineMs } of contractCases('webcontainer')) {
    test(name, async ({ open }) => {
      test.setTimeout(deadlineMs);
      const page = await open();
      await page.evaluate((one) => harness.contract(one), name);
    });
  }
});
