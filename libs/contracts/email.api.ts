import { z } from 'zod';

/** RFC 5321, without what nobody uses: 64 characters before the @, 63 in each part of the domain. */
const PATTERN =
  /^(?=.{1,64}@)[A-Za-z0-9_'+-]+(?:\.[A-Za-z0-9_'+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

/** What may be looked for among addresses that were taken: by other rules, perhaps, than today's. */
export const EmailToFind = z
  .string()
  .max(254)
  .regex(/^[!-?A-~]+@[!-?A-~]+$/, 'must be an email address');

/** The address of a person's mailbox. */
export const Email = z.email({ pattern: PATTERN, error: 'must be an email address' }).max(254);
