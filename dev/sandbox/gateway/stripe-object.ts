import { randomBytes } from 'node:crypto';

import { z } from 'zod';

/** What Stripe's objects have in common. */

export const metadataSchema = z.record(z.string(), z.string());
/** Epoch seconds. */
export const time = z.int();
/** Of what the sandbox has none. It is answered nevertheless, as Stripe does, and an older state file lacks it. */
export const nothing = z.null().default(null);
/** Names an object that there may be none of. */
export const reference = z.string().nullable().default(null);

const NO_BILLING_DETAILS = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
} as const;
/** The shop does not send its shoppers' names and addresses. */
export const billingDetailsSchema = z
  .object({
    address: z.object({
      city: z.null(),
      country: z.null(),
      line1: z.null(),
      line2: z.null(),
      postal_code: z.null(),
      state: z.null(),
    }),
    email: z.null(),
    name: z.null(),
    phone: z.null(),
    tax_id: z.null(),
  })
  .default(NO_BILLING_DETAILS);

export function newId(prefix: 'pi' | 'ch' | 're' | 'du' | 'txn' | 'evt' | 'req'): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

export function epochSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
