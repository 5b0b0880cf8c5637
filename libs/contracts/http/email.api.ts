import { z } from 'zod';

import { EMAIL_PATTERN, emailAddress } from '#libs/mail/email-address';

const REFUSAL = 'must be an email address';

/** Visible, besides what stands before the @, which is ASCII. */
const FINDABLE = new RegExp(String.raw`^[!-?A-~]+@[^\u0000-\u0020@\u007f-\u00a0]+$`);

/** An address to search for among stored ones, which an earlier version's rules may have accepted. */
export const EmailToFind = z
  .string()
  .max(254)
  .regex(FINDABLE, REFUSAL)
  .overwrite((email) => emailAddress(email) ?? email);

/** The address of a person's mailbox, in the one form in which it is kept. */
export const Email = z
  .string()
  .regex(EMAIL_PATTERN, REFUSAL)
  .refine((email) => emailAddress(email) !== null, `${REFUSAL}, with a domain that mail can be sent to`)
  .overwrite((email) => emailAddress(email) ?? email)
  .meta({ format: 'idn-email', maxLength: 254 });
