/** `npm run demo`: what this product promises, shown on a separate system, in ten acts. */
import { runCommand } from '#libs/command/run-command';

import { dataFault } from '../stack/kept-data.js';
import { actsFrom, DEMO } from './demo-command.js';

await runCommand(
  DEMO,
  async (line) => {
    const acts = actsFrom(line);
    const { runDemo } = await import('./run-demo.js');
    return runDemo(acts);
  },
  dataFault,
);
