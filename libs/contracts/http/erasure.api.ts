import { z } from 'zod';

import { EmailToFind } from './email.api.js';
import { text } from './text.api.js';

/** What names a customer in an address. */
export const CustomerAddress = z.strictObject({
  id: text(100).describe("The shop's own id of the customer"),
});
export type CustomerAddress = z.output<typeof CustomerAddress>;

/** The body of `POST /customers/{id}/erasure`, which may be left out: there is nothing to choose. */
export const EraseCustomer = z.strictObject({}).meta({ id: 'EraseCustomer', examples: [{}] });

/** The body of `POST /customers/erasure`. */
export const EraseGuest = z
  .strictObject({ email: EmailToFind.describe('In any case') })
  .meta({ id: 'EraseGuest', examples: [{ email: 'ada@example.com' }] });
export type EraseGuest = z.output<typeof EraseGuest>;

/** That a person was erased; not who. */
export const ErasureView = z
  .object({
    id: z.uuid(),
    orders: z.int().min(0).describe('How many orders were theirs until now'),
    erasedAt: z.iso.datetime(),
  })
  .meta({ id: 'Erasure' });
export type ErasureView = z.output<typeof ErasureView>;
