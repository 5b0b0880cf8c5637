import { domainToASCII } from 'node:url';

import parseAddresses from 'nodemailer/lib/addressparser';

/** The sender of our mails, from `MAIL_FROM`: `Shop <orders@shop.example>`, or the address alone. */
export interface Sender {
  readonly name: string;
  readonly address: string;
  /** The address's domain, in ASCII, for Message-IDs (RFC 5322, 3.6.4). */
  readonly domain: string;
}

/** Whether a text holds exactly one mail address, and no line break. */
export const isSender = (text: string): boolean => readSender(text) !== undefined;

/** @throws Error when the text does not hold exactly one mail address */
export function parseSender(text: string): Sender {
  const sender = readSender(text);
  if (!sender) throw new Error('MAIL_FROM is not one mail address; write Shop <orders@shop.example>');
  return sender;
}

function readSender(text: string): Sender | undefined {
  const [sender, ...others] = parseAddresses(text, { flatten: true });
  const [, domain] = /^[^\s@<>]+@([^\s@<>]+)$/.exec(sender?.address ?? '') ?? [];
  const ascii = domainToASCII(domain ?? '');
  if (!sender?.address || !ascii || others.length > 0 || /[\r\n]/.test(text)) return undefined;
  return { name: sender.name, address: sender.address, domain: ascii };
}
