/** `npm run bench`: what an order costs, beside a bare workflow, on a separate system. */
import { runCommand } from '#libs/command/run-command';

import { dataFault } from '../stack/kept-data.js';
import { BENCH, measurementOf } from './bench-command.js';

await runCommand(
  BENCH,
  async (line) => {
    const measurement = measurementOf(line);
    const { measure } = await import('./measure.js');
    return measure(measurement, line.options);
  },
  dataFault,
);
// Orders that were given up are still waited for, by calls that Temporal's client repeats for minutes.
if (process.exitCode) process.exit();
