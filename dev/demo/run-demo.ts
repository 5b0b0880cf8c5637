import { runOnIsolatedStack } from '../stack/isolated-stack.js';
import { DemoReport } from './demo-report.js';
import { DemoSystem } from './demo-system.js';
import { runActs } from './run-acts.js';

/** From the label to the delivery: long enough to be seen on the way. */
const VARIABLES = { SANDBOX_DELIVERY_AFTER: '3s' };

/** Runs the acts on a separate system. @returns the exit code */
export function runDemo(acts: readonly number[]): Promise<number> {
  return runOnIsolatedStack({
    name: 'demo',
    variables: VARIABLES,
    async run({ stack, folder, terminal, stopping }) {
      const system = await DemoSystem.start({ stack, folder });
      const report = new DemoReport(terminal);
      try {
        await runActs({ acts, system, report, stopping });
      } finally {
        await system.close();
      }
      return { succeeded: report.allHold, conclusion: report.summary };
    },
  });
}
