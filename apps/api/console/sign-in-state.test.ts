import { describe, expect, it } from 'vitest';

import { beginSignIn, newBrowserSecret, resumeSignIn, SIGN_IN_TIMEOUT } from './sign-in-state.js';

const MINE = newBrowserSecret();
const NOW = 1_800_000_000_000;
const begun = beginSignIn(MINE, '/console/orders?email=ada%40example.com', NOW);

describe('a sign-in that has begun', () => {
  it('goes on in the browser that began it', () => {
    const { state: _, ...signIn } = begun;
    expect(resumeSignIn(MINE, begun.state, NOW + 1_000)).toEqual(signIn);
    expect(signIn.verifier).toMatch(/^[\w-]{43}$/);
  });

  it('is one of several', () => {
    const other = beginSignIn(MINE, '/console', NOW);
    expect(
      new Set([begun.state, begun.verifier, begun.nonce, other.state, other.verifier, other.nonce]).size,
    ).toBe(6);
    expect(resumeSignIn(MINE, other.state, NOW)).toMatchObject({ returnTo: '/console' });
    expect(resumeSignIn(MINE, begun.state, NOW)).toMatchObject({ verifier: begun.verifier });
  });

  it('is nothing in another browser', () => {
    expect(resumeSignIn(newBrowserSecret(), begun.state, NOW)).toBeNull();
  });

  it.each([
    [NOW + SIGN_IN_TIMEOUT - 1, true],
    [NOW + SIGN_IN_TIMEOUT, false],
    [NOW - 1, false],
  ])('ends: at %i it goes on: %s', (at, goesOn) => {
    expect(resumeSignIn(MINE, begun.state, at) !== null).toBe(goesOn);
  });

  it('is nothing once it is changed', () => {
    const bytes = Buffer.from(begun.state, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((bytes[at] ?? 0) ^ 1, at);
      expect(resumeSignIn(MINE, changed.toString('base64url'), NOW)).toBeNull();
    }
    for (const state of [
      '',
      'x',
      begun.state.slice(0, -1),
      `${begun.state}A`,
      `${begun.state}=`,
      ` ${begun.state}`,
    ])
      expect(resumeSignIn(MINE, state, NOW)).toBeNull();
  });

  it('tells the identity provider nothing of the page', () => {
    expect(Buffer.from(begun.state, 'base64url').toString('latin1')).not.toMatch(/console|ada/);
  });
});
