import type { RequestListener } from 'node:http';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Failure, Outage } from '#libs/domain/order/failure';
import { orderId } from '#libs/domain/order/order-id';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { CarrierClient } from '#libs/shipping/carrier.client';

import { type Listener, listen } from '../../support/listener.js';
import { useWorkflowHarness } from '../../support/use-workflow-harness.js';
import type { WorkflowHarness } from '../../support/workflow-harness.js';

const ORDER = orderId('019b7654-0000-7000-8000-000000000001');
/** Milliseconds: more than any answer takes that comes, and few where none does. */
const ANSWERED = 30_000;
const UNANSWERED = 400;
const json = (body: unknown, status = 200): RequestListener =>
  function answer(_, response) {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };

describe('API10:2023 Unsafe Consumption of APIs', () => {
  let elsewhere: Listener;
  let provider: Listener;
  let answer: RequestListener;
  let timeout: number;
  beforeEach(async () => {
    timeout = ANSWERED;
    elsewhere = await listen();
    provider = await listen((request, response) => answer(request, response));
  });
  afterEach(async () => {
    await provider.close();
    await elsewhere.close();
  });

  const gateway = () => new StripeGateway({ secretKey: 'sk_test_secret', apiUrl: provider.url, timeout });
  const carrier = () => new CarrierClient({ url: provider.url, timeout });
  const recipient = {
    name: 'Xanthippe Quillfeather',
    line1: '1 Harbour Road',
    line2: null,
    city: 'Cwmystwyth',
    postalCode: 'SY23 4AG',
    region: null,
    country: 'GB',
    phone: null,
  };
  /** Every call to a provider, with the data that it sends. */
  const CALLS: Readonly<Record<string, () => Promise<unknown>>> = {
    'creating an intent': () =>
      gateway().createIntent({
        orderId: ORDER,
        amount: 3980,
        currency: 'EUR',
        captureMode: 'immediate',
        idempotencyKey: 'k',
      }),
    'confirming an intent': () =>
      gateway().confirmIntent('pi_1', { method: 'pm_card_visa', idempotencyKey: 'k' }),
    'reading an intent': () => gateway().retrieveIntent('pi_1'),
    "reading a shopper's secret": () => gateway().readClientSecret('pi_1'),
    'creating a refund': () =>
      gateway().createRefund({
        intentId: 'pi_1',
        orderId: ORDER,
        refundId: ORDER,
        amount: 1,
        idempotencyKey: 'k',
      }),
    'buying a label': () => carrier().createShipment({ reference: ORDER, recipient, items: [] }),
    'cancelling a shipment': () => carrier().cancelShipment(ORDER),
    'discrepancy a shipment': () => carrier().findShipment(ORDER),
  };
  const failure = async (call: () => Promise<unknown>): Promise<unknown> => {
    try {
      return { answered: await call() };
    } catch (error) {
      return error;
    }
  };

  describe.each(Object.entries(CALLS))('%s', (_name, call) => {
    it.each([301, 302, 303, 307, 308])('follows no redirect (%i) with keys and addresses', async (status) => {
      answer = (_, response) => response.writeHead(status, { Location: `${elsewhere.url}/take` }).end();
      expect(await failure(call)).toBeInstanceOf(Outage);
      expect(elsewhere.connections()).toBe(0);
      expect(provider.requests).toHaveLength(1);
    });

    it.each<[string, RequestListener]>([
      [
        'never ends',
        (_, response) => {
          const piece = Buffer.alloc(1_000_000, ' ');
          const more = () => {
            while (response.writable && response.write(piece));
          };
          response.on('drain', more);
          more();
        },
      ],
      ['stops in the middle', (_, response) => void response.writeHead(200).write('{"id":')],
      ['never begins', () => {}],
      ['breaks off', (_, response) => void response.destroy()],
      [
        'is a failure in another form',
        json({ message: 'Bad gateway', id: 'pi_1', status: 'succeeded' }, 502),
      ],
    ])('waits for no answer that %s, and takes it for an outage', async (_what, hostile) => {
      answer = hostile;
      timeout = UNANSWERED;
      expect(await failure(call)).toBeInstanceOf(Outage);
    });
  });

  describe('an answer of another shape', () => {
    const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount_received: 3980 };
    const parcel = { carrier: 'sandbox', trackingNumber: 'T-1', status: 'label_created' };
    const refund = { id: 're_1', object: 'refund', amount: 1, status: 'succeeded', metadata: {} };

    it.each<[string, unknown, string]>([
      ['reading an intent', null, 'nothing'],
      ['reading an intent', [], 'a list'],
      ['reading an intent', {}, 'nothing that is asked for'],
      ['reading an intent', { ...intent, id: 'pi_\0' }, 'a name that cannot be kept'],
      ['reading an intent', { ...intent, id: 'x'.repeat(1_000) }, 'a name that is too long'],
      ['reading an intent', { ...intent, status: 'paid_twice' }, 'a status that is unknown'],
      ['reading an intent', { ...intent, status: '__proto__' }, 'a status that every object has'],
      ['reading an intent', { ...intent, amount_received: -1 }, 'less than no money'],
      ['reading an intent', { ...intent, amount_received: '3980' }, 'money in words'],
      ['creating a refund', { ...refund, amount: 0.5 }, 'half a cent'],
      ['creating a refund', { ...refund, id: null }, 'no name'],
      ['buying a label', { ...parcel, trackingNumber: 'T\0' }, 'a number that cannot be kept'],
      ['buying a label', { ...parcel, trackingNumber: 'T'.repeat(101) }, 'a number that is too long'],
      ['buying a label', { ...parcel, carrier: 'a\r\nBcc: b@example.com' }, 'a name of two lines'],
      ['buying a label', { ...parcel, status: 'eaten' }, 'a status that is unknown'],
      ['discrepancy a shipment', '<html>', 'a page'],
    ])('%s: %j (%s) is not believed, and is an unexpected failure', async (name, body) => {
      answer = json(body);
      const seen = await failure(CALLS[name] ?? (() => Promise.resolve()));
      expect(seen).toBeInstanceOf(Error);
      expect(seen).not.toBeInstanceOf(Failure);
    });
  });
});

describe('an order whose payment provider redirects it', () => {
  let elsewhere: Listener;
  let provider: Listener;
  let shop: WorkflowHarness;
  beforeAll(async () => {
    elsewhere = await listen();
    provider = await listen((request, response) =>
      response.writeHead(307, { Location: `${elsewhere.url}${request.url}` }).end(),
    );
  });
  afterAll(async () => {
    await provider.close();
    await elsewhere.close();
  });
  useWorkflowHarness(
    (opened) => {
      shop = opened;
    },
    {
      ports: (real, { gatewayOptions }) => ({
        ...real,
        gateway: new StripeGateway({ ...gatewayOptions, apiUrl: provider.url }),
      }),
    },
  );

  it('waits, and its shopper’s data is sent nowhere else', async () => {
    const id = await shop.place();
    expect(await shop.until(id, ({ attention }) => attention.length > 0)).toMatchObject({
      status: 'pending',
      payment: 'none',
      attention: [{ step: 'charge', reason: 'gateway_unreachable' }],
    });
    expect(elsewhere.connections()).toBe(0);
  });
});
