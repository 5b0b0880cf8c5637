import { z } from 'zod';

import type { Identity } from '#libs/persistence/people/session.repository';

/** OpenID Connect Core 1.0, section 2: a subject has at most 255 ASCII characters. */
const claimsSchema = z.object({
  iss: z.url().max(2_000),
  sub: z.string().regex(/^[ -~]{1,255}$/),
});

const LONGEST = 200;

/** The person that claims are about; null where issuer or subject are none. */
export function identityOf(
  claims: Readonly<Record<string, unknown>>,
  roles: readonly string[],
): Identity | null {
  const { data } = claimsSchema.safeParse(claims);
  if (!data) return null;
  const name = line(claims['name']) ?? line(claims['preferred_username']);
  return { issuer: data.iss, subject: data.sub, name, email: line(claims['email']), roles };
}

/** One line of text that is safe to store and to show; null for anything else. */
function line(claim: unknown): string | null {
  if (typeof claim !== 'string') return null;
  // Through bytes, as halves of surrogate pairs are no text.
  const text = Buffer.from(claim)
    .toString('utf8')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return text === '' ? null : Array.from(text).slice(0, LONGEST).join('');
}
