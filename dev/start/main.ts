/** `npm start`: the whole system on one machine. */
import { runCommand } from '#libs/command/run-command';

import { dataFault } from '../stack/kept-data.js';
import { START, startOptions } from './start-command.js';

await runCommand(
  START,
  async (line) => {
    const options = startOptions(line);
    const { start } = await import('./start.js');
    return start(options);
  },
  dataFault,
);
