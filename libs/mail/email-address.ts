import { domainToASCII, domainToUnicode } from 'node:url';

/** RFC 5321, 4.1.2: a dot-string. Quoted ones, such as "a b"@example.com, are not taken. */
const ATOM = String.raw`[A-Za-z0-9!#$%&'*+\/=?^_\x60{|}~-]+`;
const LOCAL = String.raw`(?=.{1,64}@)${ATOM}(?:\.${ATOM})*`;
/** Letters and digits of any script: no ASCII but these, and no control. Which of them IDNA takes is asked apart. */
const FOREIGN = String.raw`[^\u0000-\u00a0]`;
const ALPHANUMERIC = String.raw`[^\u0000-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a0]`;
const INNER = String.raw`[^\u0000-\u002c\u002e\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a0]`;
const LABEL = `${ALPHANUMERIC}(?:${INNER}{0,61}${ALPHANUMERIC})?`;
/** RFC 3696, 2: the last part is letters, unless it is written in another script. */
const LAST = `(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,57}[A-Za-z0-9]|[A-Za-z]{0,61}${FOREIGN}${INNER}{0,62})`;

/** The form of an address. Each part is as long as its alternatives are, so the time it takes is linear. */
export const EMAIL_PATTERN = new RegExp(`^${LOCAL}@(?:${LABEL}\\.)+${LAST}$`);

/** A domain as it goes over the wire: RFC 1035's letters, digits and hyphens, at most 63 in each part. */
const WIRE_DOMAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/;
/** A label as IDNA encodes it (RFC 5890, 2.3.2.1). */
const ENCODED = /(?:^|\.)xn--/;
/** RFC 5321, 4.5.3.1.3: a path has 256 octets, two of them its brackets. */
const LONGEST = 254;

/**
 * The one form in which an address is stored and searched: a domain in another script as people write it, whether
 * it came so (`ada@пример.рф`) or as IDNA writes it (`ada@xn--e1afmkfd.xn--p1ai`); letters that IDNA takes for others
 * (`ada@ｅxample.com`) as those. Any other stays as it is.
 *
 * @returns null when it is no address of a mailbox
 */
export function emailAddress(text: string): string | null {
  if (!EMAIL_PATTERN.test(text)) return null;
  const [local = '', domain = ''] = text.split('@');
  const wire = domainToASCII(domain);
  if (!WIRE_DOMAIN.test(wire) || local.length + 1 + wire.length > LONGEST) return null;
  const readable = domainToUnicode(wire);
  // What is no punycode: Node 20 refuses it before, and later versions leave it as it is.
  if (ENCODED.test(readable)) return null;
  const isPlain = /^[!-~]+$/.test(domain) && !ENCODED.test(wire);
  return `${local}@${isPlain ? domain : readable}`;
}

/** An address as IDNA writes it, in ASCII alone. @param address as it is kept */
export function wireAddress(address: string): string {
  const [local = '', domain = ''] = address.split('@');
  return `${local}@${domainToASCII(domain) || domain}`;
}
