import fc from 'fast-check';

import { post } from '../../../dev/sandbox/test-sandbox.js';
import { type Command, command } from '../command.js';

/** The gateway forgets every idempotency key, as Stripe may after a day. */
export const forgetKeys: fc.Arbitrary<Command> = fc.constant(
  command('the gateway forgets its idempotency keys', async (_model, { system }) => {
    await post(`${system.sandbox.url}/sandbox/idempotency-keys/expire`, {});
  }),
);
