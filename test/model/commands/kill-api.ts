import fc from 'fast-check';

import { type Command, command } from '../command.js';
import { anyRules } from '../rules.js';

/** The API dies and is started again, with another policy perhaps; callers repeat their requests. */
export const killApi: fc.Arbitrary<Command> = anyRules.map((rules) =>
  command(`the API is killed and started again with ${rules}`, async (model, real) => {
    model.came.add('the API is killed');
    await real.kill('api');
    real.startApi(rules);
  }),
);
