import fc from 'fast-check';

import { type Command, command } from '../command.js';

/** What the API is started again with: the rules of the orders it takes from then on. */
const RULES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the usual rules': {},
  'a window for remorse': { GRACE_BEFORE_CHARGE: '700ms' },
  'little time to pay in': { RESERVATION_TTL: '1500ms' },
};

/** The API dies and is started again, with other rules perhaps; whoever asks meanwhile asks again. */
export const killApi: fc.Arbitrary<Command> = fc.constantFrom(...Object.entries(RULES)).map(([name, rules]) =>
  command(`the API is killed and started again with ${name}`, async (model, real) => {
    await real.kill('api');
    real.start('api', rules);
    model.rules = rules;
  }),
);
