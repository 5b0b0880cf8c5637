/** `npm run demo`: what this product promises, shown on a separate system, in ten acts. */
import { runCommand } from '#libs/command/run-command';

import { runOnIsolatedStack } from '../stack/isolated-stack.js';
import { dataFault } from '../stack/kept-data.js';
import { actsFrom, DEMO } from './demo-command.js';
import { DemoReport } from './demo-report.js';
import { DemoSystem } from './demo-system.js';
import { runActs } from './run-acts.js';

/** From the label to the delivery: long enough to be seen on the way. */
const VARIABLES = { SANDBOX_DELIVERY_AFTER: '3s' };

await runCommand(DEMO, (line) => demo(actsFrom(line)), dataFault);

function demo(acts: readonly number[]): Promise<number> {
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
