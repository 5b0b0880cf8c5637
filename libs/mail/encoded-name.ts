import type { SendMailOptions } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeWord, foldLines } from 'nodemailer/lib/mime-funcs';

import { wireAddress } from './email-address.js';

interface Addressed extends SendMailOptions {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: { readonly name: string; readonly address: string };
}

/** One address, in which nothing could end it or begin another one. */
const ADDRESS = /^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/;
/** How long an encoded word may be (RFC 2047, 2), less a margin. */
const WORD = 52;
const TO = /^To: .*(?:\r\n[ \t].*)*$/m;

/**
 * A name that looks like an encoded word (RFC 2047) goes out as one. nodemailer would put it in quotes, in which mail
 * programs decode it all the same, and show a name that the customer did not type.
 *
 * @returns the message as it is, unless its recipient has such a name
 */
export async function withEncodedName(message: Addressed): Promise<SendMailOptions> {
  const { from, to } = message;
  if (!to.name.includes('=?') || !ADDRESS.test(to.address)) return message;
  const composed = await new MailComposer({ ...message, to: to.address }).compile().build();
  const header = foldLines(`To: ${encodeWord(to.name, 'B', WORD)} <${wireAddress(to.address)}>`);
  // Latin 1 leaves every byte as it is.
  const raw = composed.toString('latin1').replace(TO, () => header);
  return { raw: Buffer.from(raw, 'latin1'), envelope: { from: from.address, to: to.address } };
}
