/** `npm run fuzz`: whether the API matches its document, tested by Schemathesis on a separate system. */
import { runCommand } from '#libs/command/run-command';

import { dataFault } from '../stack/kept-data.js';
import { FUZZ } from './fuzz-command.js';

await runCommand(
  FUZZ,
  async ({ options }) => {
    const { runFuzz } = await import('./run-fuzz.js');
    return runFuzz(options);
  },
  dataFault,
);
