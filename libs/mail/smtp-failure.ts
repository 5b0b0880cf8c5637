import type { NodemailerError } from 'nodemailer';

import { Outage, Refusal } from '#libs/domain/order/failure';
import { networkTrouble, smtpTrouble } from '#libs/providers/provider-trouble';

/** Codes under which nodemailer reports an envelope or a message that was not taken. */
const NOT_TAKEN: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

/** Names the sender: a permanent refusal here is about our settings, and would refuse every other mail too. */
const ABOUT_US: ReadonlySet<string> = new Set(['MAIL FROM']);

/** Answers that require authentication, to any command (RFC 4954, 6). */
const AUTHENTICATION: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** The one permanent "no" to MAIL FROM that is about the mail: it is too big (RFC 1870, 6.1). */
const TOO_BIG = 552;

/**
 * Maps an error of nodemailer to ours: a `Refusal`, an `Outage`, or, for anything else, the unexpected error
 * itself. Decided on codes alone, because a server's message quotes addresses.
 */
export function smtpFailure(error: unknown): unknown {
  const { code = '', responseCode: reply, command = '' } = factsOf(error);
  const answered = reply === undefined ? null : smtpTrouble(reply);
  if (answered !== null) return new Outage(`mail_${answered}`, { cause: error });
  if (reply !== undefined && AUTHENTICATION.has(reply)) return error;
  if (NOT_TAKEN.has(code) && (!ABOUT_US.has(command) || reply === undefined || reply === TOO_BIG)) {
    return new Refusal('mail_refused', { cause: error });
  }
  const broken = networkTrouble(error);
  return broken === null ? error : new Outage(`mail_${broken}`, { cause: error });
}

function factsOf(error: unknown): Partial<NodemailerError> {
  return error instanceof Error ? error : {};
}
