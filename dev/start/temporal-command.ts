/** `npm run temporal -- …`: the `temporal` command that this system has, at the server and namespace it uses. */
import { spawnSync } from 'node:child_process';

import { failureText } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';

import { dataFault } from '../stack/kept-data.js';
import { findTemporal } from '../stack/temporal/temporal-executable.js';

try {
  const { temporal } = environmentFor(['temporal']);
  // What is given on the command line counts more than these.
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: temporal.TEMPORAL_ADDRESS,
    TEMPORAL_NAMESPACE: temporal.TEMPORAL_NAMESPACE,
  };
  const executable = await findTemporal((note) => console.error(note));
  const { status, error } = spawnSync(executable, process.argv.slice(2), { stdio: 'inherit', env });
  if (error) throw error;
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(failureText(error, dataFault));
  process.exitCode = 1;
}
