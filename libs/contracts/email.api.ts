import { z } from 'zod';

import { EMAIL_PATTERN, emailAddress } from '#libs/mail/email-address';

const REFUSAL = 'must be an email address';

/** What may be looked for among addresses that were taken: by other rules, perhaps, than today's. */
export const EmailToFind = z
  .string()
  .max(254)
  .regex(/^[!-?A-~]+@[^\u0000-\u0020@\u007f-\u00a0]+$/, REFUSAL)
  .transform((email) => emailAddress(email) ?? email);

/** The address of a person's mailbox, in the one form in which it is kept. */
export const Email = z
  .string()
  .regex(EMAIL_PATTERN, REFUSAL)
  .meta({ format: 'idn-email', maxLength: 254 })
  .transform((email, context) => {
    const address = emailAddress(email);
    if (address !== null) return address;
    context.addIssue({ code: 'custom', message: `${REFUSAL}: no mail can be sent to this domain` });
    return z.NEVER;
  });
