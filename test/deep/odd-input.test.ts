import { randomUUID } from 'node:crypto';

import Stripe from 'stripe';
import supertest, { type Response } from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { carrierHeaders, PAYMENT_SECRET } from '../../dev/sandbox/test-sandbox.js';

import { brokenBodies, brokenThroughout } from '../support/broken-bodies.js';
import { abreast } from '../support/crowd.js';
import {
  addressOf,
  type DocumentedOperation,
  resolved,
  type Shape,
  titled,
} from '../support/documented-operations.js';
import {
  JSON_TYPE,
  NAMED_BY_TEXT,
  NO_NAMES,
  NO_TEXTS,
  UNREADABLE,
  UNSUPPORTED,
  VALUES,
} from '../support/odd-input.js';
import { useSharedApi } from '../support/shared-systems.js';
import type { System } from '../support/system.js';
import { tableSums } from '../support/table-sums.js';

/** The answer to a refused request. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly pointers: readonly string[];
}

describe('odd input', () => {
  let system: System;
  let before: Record<string, string>;
  useSharedApi((opened) => {
    system = opened;
  });
  beforeEach(async () => {
    before = await tableSums(system.databaseUrl);
  });
  afterEach(async () => {
    const after = await tableSums(system.databaseUrl);
    const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
    if (changed.length > 0) throw new Error(`refused requests have changed ${changed.join(', ')}`);
  });

  const anonymous = () => supertest(system.url);
  const refusalOf = ({ status, headers, body }: Response): Refusal => {
    const type = headers['content-type'] ?? 'nothing';
    if (!type.startsWith('application/problem+json')) return { status, code: type, pointers: [] };
    const errors: readonly { pointer: string }[] = body.errors ?? [];
    return { status, code: body.code, pointers: errors.map(({ pointer }) => pointer) };
  };

  async function send(
    operation: DocumentedOperation,
    content: string | Buffer,
    headers: Readonly<Record<string, string>> = { 'Content-Type': JSON_TYPE },
    address = addressOf(operation),
  ): Promise<Refusal> {
    const verb = operation.method.toLowerCase() as 'get' | 'post' | 'put';
    const request = system.http[verb](address).set(headers);
    if (operation.isKeyed) request.set('Idempotency-Key', randomUUID());
    // As bytes, or superagent would write them in its own way.
    const bytes = Buffer.from(content);
    if (operation.body && bytes.length > 0) request.write(bytes);
    return refusalOf(await request);
  }

  /** The inputs that were not refused as expected. */
  async function unexpected<T>(
    many: readonly T[],
    ask: (one: T) => Promise<Refusal>,
    expected: (one: T) => Partial<Refusal>,
  ): Promise<unknown[]> {
    const found: unknown[] = [];
    await abreast(many, 8, async (one) => {
      const refusal = await ask(one);
      const { status, code, pointers = [] } = expected(one);
      const isRefused = status === refusal.status && (code === undefined || code === refusal.code);
      if (!isRefused || pointers.some((pointer) => !refusal.pointers.includes(pointer)))
        found.push([one, refusal]);
    });
    return found;
  }

  const requiredOf = (shape: Shape) => (resolved(shape).required ?? []).map((name) => `/${name}`).toSorted();
  const taking = titled(({ body, scope }) => body !== null && scope !== null);

  describe.each(taking)('%s', (_title, operation) => {
    const { shape = {}, examples = [], required = true } = operation.body ?? {};

    it('is refused for each fault of its body, at its place', async () => {
      const broken = examples.flatMap((example) => brokenBodies(example, shape));
      expect(broken.length).toBeGreaterThan(10);
      const found = await unexpected(
        broken,
        ({ text }) => send(operation, text),
        ({ pointer }) => ({ status: 400, code: 'invalid_request', pointers: [pointer] }),
      );
      expect(found).toEqual([]);
    });

    it('gets every fault at once', async () => {
      for (const example of examples) {
        const { text, pointers } = brokenThroughout(example, shape);
        if (pointers.length === 0) continue;
        expect((await send(operation, text)).pointers).toEqual(expect.arrayContaining([...pointers]));
      }
    });

    it('is refused with a body that is no JSON in UTF-8', async () => {
      const found = await unexpected(
        UNREADABLE,
        ([, content]) => send(operation, content),
        () => ({ status: 400, code: 'malformed_body' }),
      );
      for (const encoding of ['gzip', 'deflate', 'br']) {
        const refusal = await send(operation, 'not packed at all', {
          'Content-Type': JSON_TYPE,
          'Content-Encoding': encoding,
        });
        if (refusal.code !== 'malformed_body') found.push([encoding, refusal]);
      }
      expect(found).toEqual([]);
    });

    it('is refused with a body of another type, alphabet or packing', async () => {
      const found = await unexpected(
        UNSUPPORTED,
        (headers) => send(operation, '{}', headers),
        () => ({ status: 415, code: 'unsupported_media_type' }),
      );
      expect(found).toEqual([]);
    });

    it('is refused without a required body, and with one that is nested without end', async () => {
      if (required) {
        const { status, pointers } = await send(operation, '');
        const missing = resolved(shape).minProperties ? [''] : requiredOf(shape);
        expect([status, pointers.toSorted()]).toEqual([400, missing]);
      }
      const whole = { status: 400, code: 'invalid_request', pointers: [''] };
      const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
      expect(await send(operation, deep)).toEqual(whole);
      const levels = 5_000;
      const nested = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
      expect((await send(operation, nested)).pointers).toContain('/a');
    });
  });

  const addressed = titled(({ path, scope }) => path.includes('{') && scope !== null);
  it.each(addressed)('%s is not found at an odd address', async (_title, operation) => {
    const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const values = NAMED_BY_TEXT.includes(operation.id) ? NO_TEXTS : NO_NAMES;
    const odd = names.flatMap((name) => values.map((value) => addressOf(operation, { [name]: value })));
    const found: unknown[] = [];
    await abreast(odd, 8, async (address) => {
      const body = JSON.stringify(operation.body?.examples[0] ?? null);
      const refusal = await send(operation, body, { 'Content-Type': JSON_TYPE }, address);
      const isClear = refusal.status === 404 || (refusal.status === 400 && refusal.pointers.length > 0);
      if (!isClear || refusal.code.includes('/')) found.push([address, refusal]);
    });
    expect(found).toEqual([]);
  });

  // What an identity provider sends has no form of ours, and may be more than is read: it is refused as a whole.
  const asked = titled(({ id, query }) => query.length > 0 && id !== 'finishSignIn');
  it.each(asked)('%s is refused for each odd parameter, at its place', async (_title, operation) => {
    const faults = [
      ...operation.query.flatMap((name) => [
        ...VALUES.map((value) => ({ query: `${name}=${value}`, pointer: `/${name}` })),
        { query: `${name}=1&${name}=1`, pointer: `/${name}` },
        { query: `${name}[]=1`, pointer: `/${name}[]` },
        { query: `${name}[a]=1`, pointer: `/${name}[a]` },
      ]),
      ...['__proto__', 'constructor', 'toString', 'surprise', ''].map((name) => ({
        query: `${name}=1`,
        pointer: `/${name}`,
      })),
    ];
    const found = await unexpected(
      faults,
      async ({ query }) => {
        const refusal = await send(operation, '', {}, `${operation.path}?${query}`);
        // Each value of a repeated parameter has its own position.
        return { ...refusal, pointers: refusal.pointers.map((pointer) => pointer.replace(/\/\d+$/, '')) };
      },
      ({ pointer }) => ({ status: 400, code: 'invalid_request', pointers: [pointer] }),
    );
    expect(found).toEqual([]);
  });

  describe('that is signed', () => {
    const stripe = new Stripe('sk_test_x');
    /** What is read of each, and how it is signed. */
    const SIGNED = [
      {
        path: '/webhooks/deliveries',
        body: { trackingNumber: 'T-1', occurredAt: '2026-01-03T12:00:00Z', type: 'shipment.delivered' },
        unbroken: ['/type'],
        sign: (content: Buffer) => carrierHeaders(content.toString(), randomUUID()),
      },
      {
        path: '/webhooks/stripe',
        body: {
          id: 'evt_1',
          type: 'payment_intent.succeeded',
          created: 1_767_261_600,
          livemode: false,
          data: { object: { id: 'pi_1', object: 'payment_intent' } },
        },
        // A signed event of an unknown type is stored, and changes nothing.
        unbroken: ['/type', ''],
        sign: (content: Buffer) => stripeHeaders(content),
      },
    ] as const;

    const stripeHeaders = (content: Buffer) => {
      const payload = content.toString();
      return {
        'Stripe-Signature': stripe.webhooks.generateTestHeaderString({ payload, secret: PAYMENT_SECRET }),
      };
    };

    it.each(SIGNED)(
      'at $path is refused for each fault of what is read',
      async ({ path, body, unbroken, sign }) => {
        // Providers may send more fields than are read, and events of unknown types.
        const broken = brokenBodies(body, {}).filter(
          ({ what, pointer }) => !what.startsWith('a field') && !unbroken.some((kept) => kept === pointer),
        );
        const found = await unexpected(
          broken,
          async ({ text }) => {
            const content = Buffer.from(text);
            return refusalOf(
              await anonymous().post(path).set('Content-Type', JSON_TYPE).set(sign(content)).send(text),
            );
          },
          ({ pointer }) => ({ status: 400, code: 'invalid_request', pointers: [pointer] }),
        );
        expect(found).toEqual([]);
      },
    );

    it('is refused with bytes that are no UTF-8, though they are signed', async () => {
      const content = Buffer.from('{"type":"shipment.delivered","trackingNumber":"\xff"}', 'latin1');
      // What is verified is text: these bytes are read as the one that was signed.
      const request = anonymous()
        .post('/webhooks/deliveries')
        .set(carrierHeaders(content.toString(), randomUUID()));
      request.write(content);
      expect(refusalOf(await request)).toMatchObject({ status: 400, code: 'malformed_body' });
    });
  });
});
