import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

import { z } from 'zod';

/** Milliseconds in which a person has to come back from the identity provider. */
export const SIGN_IN_TIMEOUT = 600_000;

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A sign-in that has begun. The server keeps none: all of it follows from a secret in a cookie of the browser, and from
 * the state, which is encrypted with that secret. So a state is worth something in the browser that began it alone, and
 * a browser may begin several at once.
 */
export interface SignIn {
  /** Where the person goes afterwards. */
  readonly returnTo: string;
  /** The verifier of PKCE (RFC 7636). */
  readonly verifier: string;
  /** What the ID token must carry. */
  readonly nonce: string;
}

const content = z.strictObject({ id: z.string(), at: z.number(), returnTo: z.string() });

export const newBrowserSecret = (): string => randomBytes(32).toString('base64url');

/** @param secret of the browser; @param now in milliseconds */
export function beginSignIn(
  secret: string,
  returnTo: string,
  now: number,
): SignIn & { readonly state: string } {
  const id = randomBytes(16).toString('base64url');
  return { state: seal(secret, JSON.stringify({ id, at: now, returnTo })), ...signIn(secret, id, returnTo) };
}

/** The sign-in that a state belongs to; null where another browser began it, it is changed, or too old. */
export function resumeSignIn(secret: string, state: string, now: number): SignIn | null {
  const text = open(secret, state);
  if (text === null) return null;
  const { id, at, returnTo } = content.parse(JSON.parse(text));
  return at <= now && now - at < SIGN_IN_TIMEOUT ? signIn(secret, id, returnTo) : null;
}

const signIn = (secret: string, id: string, returnTo: string): SignIn => ({
  returnTo,
  verifier: derived(secret, 'verifier', id),
  nonce: derived(secret, 'nonce', id),
});

const derived = (secret: string, use: string, id: string) =>
  createHmac('sha256', secret).update(`${use}:${id}`).digest('base64url');

const keyOf = (secret: string) => createHash('sha256').update(`state:${secret}`).digest();

function seal(secret: string, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

function open(secret: string, state: string): string | null {
  const bytes = Buffer.from(state, 'base64url');
  if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== state) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return null;
  }
}
