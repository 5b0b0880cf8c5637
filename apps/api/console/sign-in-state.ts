import { createHash, createHmac, randomBytes } from 'node:crypto';

import { z } from 'zod';

import { open, seal } from '#libs/sealed-text';

/** Milliseconds in which a person has to come back from the identity provider. */
export const SIGN_IN_TIMEOUT = 600_000;

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
  return {
    state: seal(keyOf(secret), JSON.stringify({ id, at: now, returnTo })),
    ...signIn(secret, id, returnTo),
  };
}

/** The sign-in that a state belongs to; null where another browser began it, it is changed, or too old. */
export function resumeSignIn(secret: string, state: string, now: number): SignIn | null {
  const text = open(keyOf(secret), state);
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
