import { appendFileSync } from 'node:fs';

import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one line that a person and a script can read, in the runner's own count. `.ci/run` makes two runs and
 * prints their sum, so the line goes to the file it names.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      // A file that cannot be loaded has no tests to fail.
      const tests = [...module.children.allTests()];
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed'))
        count.failed += 1;
      for (const test of tests) {
        const { state } = test.result();
        if (state === 'pending') count.failed += 1;
        else count[state] += 1;
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    const line = `${count.passed} passed, ${count.failed} failed${skipped}\n`;
    const file = process.env['TEST_COUNTS'];
    // After the default reporter's own summary, which is written in this same turn.
    setImmediate(() => (file ? appendFileSync(file, line) : process.stdout.write(line)));
  }
}
