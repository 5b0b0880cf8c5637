import fc from 'fast-check';

import { type Command, command } from '../command.js';

/** The mail server refuses the next mails: for now, or for good. */
export const refuseMail: fc.Arbitrary<Command> = fc
  .record({ code: fc.constantFrom(421, 451, 554), times: fc.integer({ min: 1, max: 4 }) })
  .map(({ code, times }) =>
    command(`the mail server answers ${code} to the next ${times} mails`, async (model, { system }) => {
      system.inbox.answer = { code, times };
      if (code >= 500) model.mailWasRefused = true;
    }),
  );
