/**
 * A Vitest reporter that writes the counts, the reason of every skip, and the names of what failed or passed only when run again, to the
 * file named by COURSE_TEST_SUMMARY; tools/test.mjs adds them up.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export default class Summary implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #skips: { name: string; reason: string }[] = [];
  #failures: { name: string; reason: string }[] = [];
  #flaky: { name: string }[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === 'pending') return;
    this.#counts[result.state]++;
    if (result.state === 'skipped') this.#skips.push({ name: test.fullName, reason: result.note ?? '' });
    if (result.state === 'failed')
      this.#failures.push({ name: test.fullName, reason: result.errors[0]?.message.split('\n')[0] ?? '' });
    if (test.diagnostic()?.flaky) this.#flaky.push({ name: test.fullName });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    // A file that cannot be loaded and an error outside of any test have no test case, but they are failures.
    const broken = modules.filter((module) => module.errors().length > 0).length;
    this.#counts.failed += broken + unhandled.length;
    for (const module of modules)
      for (const error of module.errors())
        this.#failures.push({ name: module.moduleId, reason: error.message.split('\n')[0] ?? '' });
    const file = process.env.COURSE_TEST_SUMMARY;
    if (file)
      writeFileSync(
        file,
        JSON.stringify({ ...this.#counts, skips: this.#skips, failures: this.#failures, flaky: this.#flaky }),
      );
  }
}
