import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { Sandbox } from '../sandbox.js';
import { stripeOf } from '../test-gateway.js';
import { startTestSandbox } from '../test-sandbox.js';
import { EVENT_TYPES } from './event.js';
import { OpenApi } from './test-openapi.js';
import { CALLS, everyKindOfThing, type Names, REFUSED } from './test-stripe-calls.js';
import { findStripeMock, startStripeMock, type StripeMock } from './test-stripe-mock.js';

/** What Stripe sends and the sandbox does not, though it might be null. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  // Since 2022-11-15 of the API a charge has its refunds only where they are requested.
  'charge.refunds',
]);

const found = findStripeMock();
const missed = 'missed' in found ? found.missed : undefined;

describe.skipIf(missed !== undefined)(
  `the gateway, held against what Stripe publishes${missed === undefined ? '' : ` (not here: ${missed})`}`,
  () => {
    let api: OpenApi;
    let sandbox: Sandbox;
    let mock: StripeMock;
    let names: Names;

    beforeAll(async () => {
      if ('missed' in found) throw new Error(found.missed);
      api = new OpenApi(found.specification, LEFT_OUT);
      mock = await startStripeMock(found.executable);
      sandbox = await startTestSandbox();
      names = await everyKindOfThing(sandbox);
    });
    afterAll(async () => {
      await mock.close();
      await sandbox.close();
    });

    it.each(CALLS)('%s, %s: has the parameters and answers of Stripe', async (operation, _how, call) => {
      const answer = plain(await call(stripeOf(sandbox), names));
      expect(api.misfits(api.answerOf(operation), answer)).toEqual([]);
      // That it answers at all shows that it takes the parameters.
      const examples = plain(await call(stripeOf(mock), names));
      expect(differences(answer, examples)).toEqual([]);
    });

    it.each(REFUSED)('%s: is refused as with Stripe', async (_what, call) => {
      expect(api.misfits(api.object('api_errors'), await refusal(call(stripeOf(sandbox), names)))).toEqual(
        [],
      );
    });

    it('sends events about objects as they are', async () => {
      const { data } = await stripeOf(sandbox).events.list({ limit: 100 });
      expect(new Set(data.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
      const wrong = data.flatMap((event) => {
        const object = z.looseObject({ object: z.string() }).parse(plain(event.data.object));
        return api.misfits(api.object(object.object), object).map((misfit) => `${event.type}: ${misfit}`);
      });
      expect(wrong).toEqual([]);
    });

    it('finds the faults of an answer', () => {
      const refund = { id: 7, object: 'refund', amount: 1.5, colour: 'red', created: 1, currency: null };
      const wrong = api.misfits(api.object('refund'), refund);
      expect(wrong).toEqual(
        expect.arrayContaining([
          'refund.id must be of type string',
          'refund.amount must be of type integer',
          'refund.colour is unknown to Stripe',
          'refund.currency must not be null',
          'refund.status is missing',
        ]),
      );
    });
  },
);

/** An answer without what the client adds to it. */
function plain(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer));
}

/** Where an answer is of another kind than Stripe's example of it; what either has alone is no difference. */
function differences(answer: unknown, example: unknown): string[] {
  const examples = new Map(Object.entries(z.record(z.string(), z.unknown()).parse(example)));
  return Object.entries(z.record(z.string(), z.unknown()).parse(answer))
    .filter(([name, value]) => value !== null && (examples.get(name) ?? null) !== null)
    .filter(([name, value]) => kind(value) !== kind(examples.get(name)))
    .map(([name]) => name);
}

/** An object may stand in place of its id. */
function kind(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' && value !== null && 'id' in value ? 'string' : typeof value;
}

async function refusal(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw new Error('was not refused');
  const {
    headers: _headers,
    statusCode: _status,
    requestId: _id,
    ...raw
  } = z.looseObject({}).parse(error.raw);
  return raw;
}
