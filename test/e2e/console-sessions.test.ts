import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { z } from 'zod';

import { SessionView } from '#libs/contracts/http/console.api';

import { basket } from '../support/basket.js';
import { Browser, refusal } from '../support/browser.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/use-system.js';

const RATE_LIMIT = 40;
const identified = z.object({ id: z.uuid() });
const idIn = async (response: Response) => identified.parse(await response.json()).id;

describe('a person who is signed in', () => {
  let system: System;
  let browser: Browser;
  useSystem(
    (opened) => {
      system = opened;
    },
    {
      worker: false,
      env: {
        CONSOLE_DEVELOPMENT_SIGN_IN: 'true',
        RATE_LIMIT: String(RATE_LIMIT),
        CORS_ORIGINS: 'https://shop.example',
      },
    },
  );
  let turn = 0;
  let name = '';
  beforeEach(() => {
    browser = new Browser();
    name = `person-${(turn += 1)}`;
  });

  const json = { 'Content-Type': 'application/json' };
  const signIn = async (
    from = browser,
    role = 'operator',
    headers: Record<string, string> = { Origin: system.url },
  ) =>
    from.request(`${system.url}/console/development-sign-in`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ name, role }),
    });
  const signedIn = async (from = browser, role = 'operator') =>
    SessionView.parse(await (await signIn(from, role)).json());
  const session = (from = browser) => from.request(`${system.url}/console/session`);
  /** Places an order as a page of the console does. */
  const place = (headers: Record<string, string>, from = browser, body = basket()) =>
    from.request(`${system.url}/orders`, {
      method: 'POST',
      headers: { ...json, 'Idempotency-Key': randomUUID(), ...headers },
      body: JSON.stringify(body),
    });
  const ofConsole = ({ csrfToken }: SessionView) => ({
    Origin: system.url,
    'Sec-Fetch-Site': 'same-origin',
    'X-CSRF-Token': csrfToken,
  });
  async function sql(statement: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: system.databaseUrl });
    await client.connect();
    try {
      return (await client.query(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  describe('may do', () => {
    it('what the role allows, by the same routes as a key, and is the actor of it', async () => {
      const view = await signedIn();
      const placed = await place(ofConsole(view));
      expect(placed.status).toBe(202);
      const id = await idIn(placed);
      expect((await browser.request(`${system.url}/orders/${id}`)).status).toBe(200);
      const trail = await browser.request(`${system.url}/orders/${id}/events`);
      expect(await trail.json()).toMatchObject({
        data: [{ type: 'order.accepted', actor: `person:${view.person.id}` }],
      });
      const cancelled = await browser.request(`${system.url}/orders/${id}/cancellation`, {
        method: 'POST',
        headers: ofConsole(view),
      });
      expect(cancelled.status).toBe(202);
      const [cancellation] = await sql('SELECT requested_by FROM cancellation WHERE order_id = $1', id);
      expect(cancellation).toEqual({ requested_by: `person:${view.person.id}` });
      const person = await browser.request(`${system.url}/people/${view.person.id}`);
      expect(await person.json()).toEqual({
        id: view.person.id,
        issuer: 'urn:order-processing:development',
        subject: `${name}-operator`,
        name: `${name} (operator)`,
      });
    });

    it('nothing beyond the role', async () => {
      const view = await signedIn(browser, 'viewer');
      expect((await browser.request(`${system.url}/orders`)).status).toBe(200);
      expect(await refusal(await place(ofConsole(view)))).toEqual([403, 'insufficient_scope']);
      const other = await browser.request(`${system.url}/people/${view.person.id}`);
      expect(await refusal(other)).toEqual([403, 'insufficient_scope']);
    });

    it('with idempotency keys of their own', async () => {
      const [keyed, body] = [{ 'Idempotency-Key': randomUUID() }, basket()];
      const mine = { ...ofConsole(await signedIn()), ...keyed };
      const first = await idIn(await place(mine, browser, body));
      expect(await idIn(await place(mine, browser, body))).toBe(first);
      const other = new Browser();
      name = `${name}-other`;
      const theirs = { ...ofConsole(await signedIn(other)), ...keyed };
      expect(await idIn(await place(theirs, other, body))).not.toBe(first);
    });

    it('what the key allows, where a request has both', async () => {
      const view = await signedIn();
      const key = await system.store.apiKeys.create('reader', ['read']);
      const withKey = { Authorization: `Bearer ${key}` };
      expect(await refusal(await place({ ...ofConsole(view), ...withKey }))).toEqual([
        403,
        'insufficient_scope',
      ]);
      for (const wrong of ['Bearer op_wrong', 'Basic x', ''])
        expect(
          (await browser.request(`${system.url}/orders`, { headers: { Authorization: wrong } })).status,
        ).toBe(401);
      expect((await browser.request(`${system.url}/console/session`, { headers: withKey })).status).toBe(401);
    });

    it('so much a second, counted by person', async () => {
      await signedIn();
      const ask = async (from: Browser) => (await from.request(`${system.url}/orders?limit=1`)).status;
      // How many are answered within a second depends on the machine.
      const crowd = () => Promise.all(Array.from({ length: RATE_LIMIT * 4 }, () => ask(browser)));
      await expect.poll(crowd).toContain(429);
      const other = new Browser();
      name = `${name}-calm`;
      await signedIn(other);
      expect(await ask(other)).toBe(200);
    });
  });

  describe('is not taken for the sender of', () => {
    it.each<[string, (csrf: string) => Record<string, string>]>([
      ['a request without an origin', (csrf) => ({ 'X-CSRF-Token': csrf })],
      ['a form of another site', () => ({ Origin: 'https://evil.example' })],
      [
        'a page of another site that knows the token',
        (csrf) => ({ Origin: 'https://evil.example', 'X-CSRF-Token': csrf }),
      ],
      [
        'a page that keys are taken from',
        (csrf) => ({ Origin: 'https://shop.example', 'X-CSRF-Token': csrf }),
      ],
      ['a page without an origin', (csrf) => ({ Origin: 'null', 'X-CSRF-Token': csrf })],
      ['a page of another port', (csrf) => ({ Origin: 'http://127.0.0.1:1', 'X-CSRF-Token': csrf })],
      [
        'a page of the same site',
        (csrf) => ({ Origin: 'self', 'X-CSRF-Token': csrf, 'Sec-Fetch-Site': 'same-site' }),
      ],
      ['a request without the token', () => ({ Origin: 'self', 'Sec-Fetch-Site': 'same-origin' })],
      ['a request with an empty token', () => ({ Origin: 'self', 'X-CSRF-Token': '' })],
      [
        'a request with a wrong token',
        (csrf) => ({ Origin: 'self', 'X-CSRF-Token': `${csrf.slice(0, -2)}AA` }),
      ],
    ])('%s', async (_, headers) => {
      const { csrfToken } = await signedIn();
      const sent = headers(csrfToken);
      if (sent['Origin'] === 'self') sent['Origin'] = system.url;
      expect(await refusal(await place(sent))).toEqual([403, 'cross_site_request']);
      for (const path of ['sign-out', 'sign-out-everywhere']) {
        const answer = await browser.request(`${system.url}/console/${path}`, {
          method: 'POST',
          headers: sent,
        });
        expect(await refusal(answer)).toEqual([403, 'cross_site_request']);
      }
      expect((await session()).status).toBe(200);
    });

    it('a request with the token of another session', async () => {
      const other = new Browser();
      const theirs = await signedIn(other);
      await signedIn();
      expect(await refusal(await place(ofConsole(theirs)))).toEqual([403, 'cross_site_request']);
    });

    it('a reading of another site', async () => {
      await signedIn();
      const cross = await browser.request(`${system.url}/orders`, {
        headers: { 'Sec-Fetch-Site': 'cross-site' },
      });
      expect(await refusal(cross)).toEqual([403, 'cross_site_request']);
    });

    it('what a page of another origin may read with a key', async () => {
      await signedIn();
      const headers = { Origin: 'https://shop.example', 'Sec-Fetch-Site': 'same-origin' };
      const answer = await browser.request(`${system.url}/console/session`, { headers });
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.status).toBe(403);
    });
  });

  describe('is signed out', () => {
    it('of this session, and of no other', async () => {
      const other = new Browser();
      await signedIn(other);
      const view = await signedIn();
      const cookie = browser.cookie(system.url, 'order-console')?.value ?? '';
      const out = await browser.request(`${system.url}/console/sign-out`, {
        method: 'POST',
        headers: ofConsole(view),
      });
      expect(out.status).toBe(204);
      expect(browser.cookie(system.url, 'order-console')).toBeUndefined();
      browser.setCookie(system.url, 'order-console', cookie);
      expect((await session()).status).toBe(401);
      expect((await session(other)).status).toBe(200);
    });

    it('everywhere, and no other person is', async () => {
      const browsers = Array.from({ length: 3 }, () => new Browser());
      for (const each of browsers) await signedIn(each);
      const view = await signedIn();
      const stranger = new Browser();
      name = `${name}-other`;
      await signedIn(stranger);
      const path = `${system.url}/console/sign-out-everywhere`;
      expect((await browser.request(path, { method: 'POST', headers: ofConsole(view) })).status).toBe(204);
      for (const each of [browser, ...browsers]) expect((await session(each)).status).toBe(401);
      expect((await session(stranger)).status).toBe(200);
    });

    it('everywhere, event streams among it', async () => {
      const view = await signedIn();
      const stream = await browser.request(`${system.url}/events/stream`);
      expect(stream.headers.get('content-type')).toContain('text/event-stream');
      const ended = stream.text();
      const path = `${system.url}/console/sign-out-everywhere`;
      expect((await browser.request(path, { method: 'POST', headers: ofConsole(view) })).status).toBe(204);
      expect(await ended).toContain('retry:');
      expect(await refusal(await browser.request(`${system.url}/events/stream`))).toEqual([
        401,
        'unauthenticated',
      ]);
    });

    it.each([
      ['after a while without a request', "used_at = now() - interval '31 minutes'"],
      ['at the end of the session', "expires_at = now() - interval '1 second'"],
    ])('%s', async (_, change) => {
      const view = await signedIn();
      await sql(`UPDATE console_session SET ${change} WHERE person_id = $1`, view.person.id);
      expect((await session()).status).toBe(401);
      expect((await place(ofConsole(view))).status).toBe(401);
    });

    it('not while requests come', async () => {
      const { person } = await signedIn();
      await sql(
        "UPDATE console_session SET used_at = now() - interval '29 minutes' WHERE person_id = $1",
        person.id,
      );
      expect((await session()).status).toBe(200);
      const [row] = await sql(
        "SELECT used_at > now() - interval '1 minute' AS used FROM console_session WHERE person_id = $1",
        person.id,
      );
      expect(row).toEqual({ used: true });
    });

    it('by an erasure of the name, which leaves the person in the audit trail', async () => {
      const { person } = await signedIn();
      expect(await system.store.people.erase(person.id)).toBe(true);
      expect((await session()).status).toBe(401);
      expect(await system.store.people.find(person.id)).toMatchObject({
        subject: `${name}-operator`,
        name: null,
        email: null,
      });
    });
  });

  it('has a cookie that is stored nowhere', async () => {
    const { csrfToken } = await signedIn();
    const cookie = browser.cookie(system.url, 'order-console')?.value ?? 'none';
    const rows = JSON.stringify(await sql('SELECT * FROM console_session'));
    for (const secret of [cookie, csrfToken]) {
      expect(rows).not.toContain(secret);
      expect(system.log.join('\n')).not.toContain(secret);
    }
  });

  describe('by the development sign-in', () => {
    it.each([
      ['comes from a page of another site', { Origin: 'https://evil.example' }],
      ['has no origin', {}],
      ['is of a frame of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ])('is refused where the request %s', async (_, headers) => {
      const sent = 'Sec-Fetch-Site' in headers ? { ...headers, Origin: system.url } : headers;
      expect(await refusal(await signIn(browser, 'operator', sent))).toEqual([403, 'cross_site_request']);
      expect(browser.cookie(system.url, 'order-console')).toBeUndefined();
    });

    it('is refused through a name that leads to this machine', async () => {
      const { port } = new URL(system.url);
      const { request } = await import('node:http');
      const call = request({
        host: '127.0.0.1',
        port,
        path: '/console/development-sign-in',
        method: 'POST',
        headers: { ...json, Host: `tunnel.example:${port}`, Origin: system.url },
      });
      call.end('{}');
      const [answer] = await once(call, 'response');
      expect(answer.statusCode).toBe(403);
    });

    it('keeps production from starting', async () => {
      const file = fileURLToPath(new URL('../../dist/apps/api/main.js', import.meta.url));
      const env = {
        PATH: process.env['PATH'],
        ...system.environment,
        CONSOLE_URL: system.url,
        NODE_ENV: 'production',
      };
      const child = spawn(process.execPath, [file], { cwd: tmpdir(), env });
      const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      expect(code).toBe(1);
      expect(complaint).toContain('CONSOLE_DEVELOPMENT_SIGN_IN must not be true with NODE_ENV=production');
    });

    it('has no other way to an identity provider', async () => {
      expect(await refusal(await browser.request(`${system.url}/console/sign-in`))).toEqual([
        404,
        'sign_in_off',
      ]);
    });
  });
});
