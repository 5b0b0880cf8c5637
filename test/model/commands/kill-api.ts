import fc from 'fast-check';

import { type Command, command } from '../command.js';

/** The API dies and is started again; whoever asks meanwhile asks again. */
export const killApi: fc.Arbitrary<Command> = fc.constant(
  command('the API is killed and started again', async (_model, real) => {
    await real.kill('api');
    real.start('api');
  }),
);
