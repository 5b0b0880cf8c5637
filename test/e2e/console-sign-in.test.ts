import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { SessionView } from '#libs/contracts/http/console.api';

import { Browser, refusal } from '../support/browser.js';
import type { System } from '../support/system.js';
import { type Account, TestIdentityProvider } from '../support/test-identity-provider.js';
import { useSystem } from '../support/use-system.js';

const GRACE: Account = {
  sub: 'subject-of-grace',
  name: 'Grace Brewster Hopper',
  email: 'grace.hopper@staff.example',
  groups: ['order-operators', 'football'],
};
const CODE_LIFETIME = 2;

describe('signing in to the console', () => {
  let provider: TestIdentityProvider;
  let system: System;
  let browser: Browser;
  useSystem(
    (opened) => {
      system = opened;
    },
    async () => {
      provider = await TestIdentityProvider.start();
      return { worker: false, env: provider.environment };
    },
  );
  beforeAll(() => provider.serve(system.url));
  beforeEach(() => {
    browser = new Browser();
    provider.next = GRACE;
  });
  afterAll(() => provider.close());

  const isCallback = (address: URL) => address.pathname === '/console/sign-in/callback';
  /** Signs in at the provider, up to where it sends the person back to. */
  const comeBack = (from = browser, query = '') =>
    from.visit(`${system.url}/console/sign-in${query}`, isCallback);
  const session = async (from = browser) => from.request(`${system.url}/console/session`);
  const signedIn = async (from = browser) => SessionView.parse(await (await session(from)).json());
  const sessionCookie = (from = browser) => from.cookie(system.url, 'order-console');
  /** Nothing but a cookie that is worth nothing may come of it. */
  async function expectRefused(callback: URL, from = browser) {
    expect(await refusal(await from.request(callback))).toEqual([400, 'sign_in_refused']);
    expect(sessionCookie(from)).toBeUndefined();
    expect((await session(from)).status).toBe(401);
  }

  it('leads to the provider and back to the page that it began at', async () => {
    const back = await browser.request(
      await comeBack(browser, '?returnTo=/console/orders%3Fattention%3Dopen'),
    );
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe(`${system.url}/console/orders?attention=open`);
    expect(await signedIn()).toMatchObject({
      person: { name: GRACE.name, email: GRACE.email },
      roles: ['operator'],
      scopes: ['read', 'write', 'operate'],
    });
  });

  it('asks with PKCE, state and nonce, and keeps the page from the provider', async () => {
    const begun = await browser.request(`${system.url}/console/sign-in?returnTo=/console/secret-page`);
    const asked = new URL(begun.headers.get('location') ?? '');
    expect(asked.origin).toBe(provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      client_id: 'orders',
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: `${system.url}/console/sign-in/callback`,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(asked.href).not.toContain('secret-page');
    expect(browser.cookie(system.url, 'order-console-sign-in')?.attributes).toEqual(
      expect.arrayContaining(['httponly', 'samesite=lax', 'path=/', 'max-age=600']),
    );
  });

  it('has a cookie that no script reads and no other site sends', async () => {
    await browser.visit((await comeBack()).href);
    const cookie = sessionCookie();
    expect(cookie?.value).toMatch(/^[\w-]{43}$/);
    expect(cookie?.attributes).toEqual(
      expect.arrayContaining(['httponly', 'samesite=strict', 'path=/', 'max-age=43200']),
    );
    expect(cookie?.attributes.some((each) => each.startsWith('domain'))).toBe(false);
  });

  it.each(['https://evil.example', '//evil.example', '/docs', '/console//evil.example', '/console/../docs'])(
    'leads nowhere else: %s',
    async (returnTo) => {
      const query = `?returnTo=${encodeURIComponent(returnTo)}`;
      expect(await refusal(await browser.request(`${system.url}/console/sign-in${query}`))).toEqual([
        400,
        'invalid_request',
      ]);
    },
  );

  it('is refused in a browser that did not begin it', async () => {
    const callback = await comeBack();
    await expectRefused(callback, new Browser());
    // Nor in one that began another.
    const other = new Browser();
    await comeBack(other);
    await expectRefused(callback, other);
  });

  it('is refused with another state, and with none', async () => {
    const callback = await comeBack();
    const changed = new URL(callback);
    changed.searchParams.set('state', `${callback.searchParams.get('state')}A`);
    await expectRefused(changed);
    changed.searchParams.delete('state');
    await expectRefused(changed);
  });

  it('is refused with the code of another sign-in, although both are of this browser', async () => {
    const [one, other] = [await comeBack(), await comeBack()];
    one.searchParams.set('code', other.searchParams.get('code') ?? '');
    await expectRefused(one);
  });

  it('is refused with a code that another browser got', async () => {
    const theirs = new Browser();
    const stolen = (await comeBack(theirs)).searchParams.get('code') ?? '';
    const mine = await comeBack();
    mine.searchParams.set('code', stolen);
    await expectRefused(mine);
  });

  it('is refused with another nonce', async () => {
    const begun = await browser.request(`${system.url}/console/sign-in`);
    const asked = new URL(begun.headers.get('location') ?? '');
    asked.searchParams.set('nonce', 'a-nonce-of-another-sign-in');
    await expectRefused(await browser.visit(asked.href, isCallback));
  });

  it('is refused with another issuer (RFC 9207)', async () => {
    const callback = await comeBack();
    callback.searchParams.set('iss', 'https://evil.example');
    await expectRefused(callback);
  });

  it('is refused with a code that was used', async () => {
    const callback = await comeBack();
    expect((await browser.request(callback)).status).toBe(303);
    browser.setCookie(system.url, 'order-console', 'x');
    expect(await refusal(await browser.request(callback))).toEqual([400, 'sign_in_refused']);
  });

  it('is refused with a code that is too old', async () => {
    provider.serve(system.url, CODE_LIFETIME);
    const callback = await comeBack();
    await pause(CODE_LIFETIME * 1_000 + 1_100);
    await expectRefused(callback);
    provider.serve(system.url);
  });

  it('is refused where the person refuses at the provider', async () => {
    provider.next = null;
    await expectRefused(await comeBack());
  });

  it('tells a person in the console what went wrong', async () => {
    provider.next = null;
    const callback = await comeBack();
    const back = await browser.request(callback, { headers: { Accept: 'text/html' } });
    expect([back.status, back.headers.get('location')]).toEqual([303, '/console?problem=sign_in_refused']);
  });

  it.each([
    [['order-operators'], ['operator'], ['read', 'write', 'operate']],
    [
      ['order-clerks', 'staff'],
      ['viewer', 'clerk'],
      ['read', 'write'],
    ],
    [['staff'], ['viewer'], ['read']],
  ])('gives the roles of the groups %j', async (groups, roles, scopes) => {
    provider.next = { ...GRACE, sub: `of-${groups.join('-')}`, groups };
    await browser.visit((await comeBack()).href);
    expect(await signedIn()).toMatchObject({ roles, scopes });
  });

  it.each([[[]], [['football']], [['Staff']]])('lets no person in whose groups are %j', async (groups) => {
    provider.next = { ...GRACE, sub: 'stranger', groups };
    expect(await refusal(await browser.request(await comeBack()))).toEqual([403, 'no_role']);
    expect((await session()).status).toBe(401);
    expect((await system.store.people.list()).map(({ subject }) => subject)).not.toContain('stranger');
  });

  it('makes a new session each time, so that none can be planted', async () => {
    const planted = 'p'.repeat(43);
    browser.setCookie(system.url, 'order-console', planted);
    await browser.visit((await comeBack()).href);
    const first = sessionCookie()?.value;
    expect(first).not.toBe(planted);
    expect((await session()).status).toBe(200);
    await browser.visit((await comeBack()).href);
    expect(sessionCookie()?.value).not.toBe(first);
    const old = new Browser();
    old.setCookie(system.url, 'order-console', first ?? '');
    expect((await session(old)).status).toBe(401);
  });

  it('can begin in several tabs at once, each going on to its page', async () => {
    const pages = ['/console/one', '/console/two', '/console/three'];
    const callbacks: URL[] = [];
    for (const page of pages) callbacks.push(await comeBack(browser, `?returnTo=${page}`));
    const back = [];
    for (const callback of callbacks.toReversed()) back.push(await browser.request(callback));
    expect(back.map(({ headers }) => headers.get('location'))).toEqual(
      pages.toReversed().map((page) => `${system.url}${page}`),
    );
    expect((await session()).status).toBe(200);
  });

  it('by many at once makes one person, with a session each', async () => {
    const browsers = Array.from({ length: 5 }, () => new Browser());
    await Promise.all(browsers.map(async (each) => each.visit((await comeBack(each)).href)));
    const ids = await Promise.all(browsers.map(async (each) => (await signedIn(each)).person.id));
    expect(new Set(ids).size).toBe(1);
    expect(new Set(browsers.map((each) => sessionCookie(each)?.value)).size).toBe(5);
  });

  it('says that the provider does not answer', async () => {
    const callback = await comeBack();
    provider.stopServing();
    try {
      expect(await refusal(await browser.request(callback))).toEqual([503, 'identity_provider_unavailable']);
    } finally {
      provider.serve(system.url);
    }
  });

  it('writes no name, address, subject, code or state of a person to the log', async () => {
    const callback = await comeBack();
    await browser.visit(callback.href);
    const { person } = await signedIn();
    const log = system.log.join('\n');
    expect(log).toContain(person.id);
    const { code, state } = Object.fromEntries(callback.searchParams);
    for (const secret of [GRACE.sub, GRACE.name, GRACE.email, code, state, sessionCookie()?.value])
      expect(log).not.toContain(secret);
  });

  it('is not there without a provider, or on a laptop without one', async () => {
    expect(await (await browser.request(`${system.url}/console/sign-in/methods`)).json()).toEqual({
      provider: true,
      development: false,
    });
    const body = JSON.stringify({});
    const headers = { 'Content-Type': 'application/json', Origin: system.url };
    const development = await browser.request(`${system.url}/console/development-sign-in`, {
      method: 'POST',
      headers,
      body,
    });
    expect(await refusal(development)).toEqual([404, 'sign_in_off']);
  });

  it('has pages that run no script of others', async () => {
    const { headers } = await browser.request(`${system.url}/console`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });
});
