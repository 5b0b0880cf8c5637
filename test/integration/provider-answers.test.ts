import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Contradiction, Failure } from '#libs/domain/order/failure';
import { orderId } from '#libs/domain/order/order-id';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import { CarrierClient } from '#libs/shipping/carrier.client';

import { type Listener, listen } from '../support/listener.js';

const ORDER = orderId('019b7654-0000-7000-8000-000000000001');
const PATIENCE = 1_000;

const gatewayAt = (url: string) =>
  new StripeGateway({ secretKey: 'sk_test_x', apiUrl: url, timeout: PATIENCE });
const carrierAt = (url: string) => new CarrierClient({ url, timeout: PATIENCE });

/** One call of each provider's that reads, and one that writes. */
const CALLS = [
  ['gateway', 'a look', (url: string) => gatewayAt(url).retrieveIntent('pi_1')],
  ['gateway', 'a cancel', (url: string) => gatewayAt(url).cancelIntent('pi_1', { idempotencyKey: 'k' })],
  ['carrier', 'a look', (url: string) => carrierAt(url).findShipment(ORDER)],
  ['carrier', 'a cancel', (url: string) => carrierAt(url).cancelShipment(ORDER)],
] as const;

const status =
  (code: number, body = '', headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(code, { 'Content-Type': 'text/html', ...headers }).end(body);

const PAGE = '<html><h1>Bad Gateway</h1></html>';

/** What a provider, or a proxy before it, may do to a call. */
const ANSWERS: readonly (readonly [string, RequestListener, string])[] = [
  ['a page with 502', status(502, PAGE), 'error'],
  ['a page with 503', status(503, PAGE), 'error'],
  ['nothing with 504', status(504), 'error'],
  ['a page with 408', status(408, PAGE), 'timeout'],
  ['nothing with 425', status(425), 'busy'],
  ['a page with 429', status(429, PAGE), 'rate_limited'],
  ['a redirect', status(302, '', { Location: 'http://127.0.0.1:1/' }), 'unreachable'],
  ['a page with 200', status(200, PAGE), 'unreachable'],
  ['JSON that ends early', status(200, '{"id":"pi_1","status":'), 'unreachable'],
  [
    'a body that ends early',
    (_, response) => {
      response.writeHead(200, { 'Content-Length': '1000' }).write('{"id":');
      setImmediate(() => response.destroy());
    },
    'unreachable',
  ],
  ['a connection that breaks', (request) => request.destroy(), 'unreachable'],
  ['silence', () => undefined, 'timeout'],
];

describe.each(CALLS)('the %s, to %s,', (provider, _call, call) => {
  let server: Listener;
  let answer: RequestListener;
  beforeEach(async () => {
    server = await listen((request, response) => answer(request, response));
  });
  afterEach(async () => {
    await server.close();
  });

  it.each(ANSWERS)('is out that answers %s', async (_, given, trouble) => {
    answer = given;
    await expect(call(server.url)).rejects.toMatchObject({ name: 'Outage', code: `${provider}_${trouble}` });
    expect(server.requests).toHaveLength(1);
  });

  it('is not called again before its Retry-After', async () => {
    answer = status(503, PAGE, { 'Retry-After': '7' });
    await expect(call(server.url)).rejects.toMatchObject({ name: 'Outage', retryAfter: 7_000 });
  });

  it('is out when its name is unknown', async () => {
    await expect(call('http://provider.invalid')).rejects.toMatchObject({
      name: 'Outage',
      code: `${provider}_unreachable`,
    });
  });

  it('is out when it has no TLS, or no HTTP', async () => {
    answer = status(200);
    const outage = { name: 'Outage', code: `${provider}_unreachable` };
    await expect(call(server.url.replace('http:', 'https:'))).rejects.toMatchObject(outage);
    const other = await listenToNothing();
    try {
      await expect(call(other.url)).rejects.toMatchObject(outage);
    } finally {
      other.server.close();
    }
  });
});

describe('the carrier', () => {
  let server: Listener;
  let body: object | string;
  let code: number;
  beforeEach(async () => {
    code = 200;
    server = await listen((_, response) =>
      response.writeHead(code).end(typeof body === 'string' ? body : JSON.stringify(body)),
    );
  });
  afterEach(async () => {
    await server.close();
  });
  const parcel = { carrier: 'sandbox', trackingNumber: 'T-1', status: 'label_created' };
  const recipient = {
    name: 'Ada',
    line1: '1 Way',
    line2: null,
    city: 'Berlin',
    postalCode: '10115',
    region: null,
    country: 'DE',
    phone: null,
  };

  it.each([
    ['buys a label', () => carrierAt(server.url).createShipment({ reference: ORDER, recipient, items: [] })],
    ['looks up', () => carrierAt(server.url).findShipment(ORDER)],
  ])('%s: believed where it names our parcel, or none', async (_, call) => {
    for (const named of [{ reference: ORDER }, {}]) {
      body = { ...parcel, ...named };
      expect(await call()).toEqual({ ...parcel, trackingUrl: null });
    }
    body = { ...parcel, reference: '019b7654-0000-7000-8000-000000000002' };
    await expect(call()).rejects.toEqual(new Contradiction('parcel_reference_differs'));
  });

  it.each<[string, object | string, unknown]>([
    ['with nothing more to say', '', 'cancelled'],
    ['of our parcel', { reference: ORDER, status: 'cancelled' }, 'cancelled'],
    [
      'of another',
      { reference: 'other', status: 'cancelled' },
      new Contradiction('parcel_reference_differs'),
    ],
    ['that is none', { reference: ORDER, status: 'in_transit' }, new Contradiction('parcel_state_differs')],
  ])('cancels: a "yes" %s', async (_, said, expected) => {
    body = said;
    expect(
      await carrierAt(server.url)
        .cancelShipment(ORDER)
        .catch((error: unknown) => error),
    ).toEqual(expected);
  });

  it.each([400, 401, 403, 418, 422])(
    'is not out when it answers %i: that is unexpected',
    async (unheardOf) => {
      code = unheardOf;
      body = {};
      const failure: unknown = await carrierAt(server.url)
        .findShipment(ORDER)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(Failure);
    },
  );
});

/** A server with another protocol than HTTP. */
async function listenToNothing(): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()).end('hello\r\n\r\n'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}
