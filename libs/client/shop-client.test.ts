import { createServer, type Server } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { answered, createShopClient, ForeignAnswer, Refused } from './shop-client.js';

let server: Server | undefined;
afterEach(() => void server?.close());

/** A client of an API that gives every request this answer, and the requests it received. */
async function clientOf(status: number, headers: Record<string, string>, body: string) {
  const asked: { url?: string; headers: Record<string, unknown>; body: string }[] = [];
  const listening = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status, headers).end(body);
    });
  });
  server = listening;
  await new Promise<void>((resolve) => void listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { client: createShopClient({ url: `http://127.0.0.1:${port}`, key: 'op_key' }), asked };
}

const params = { path: { id: '019b7654-0000-7000-8000-000000000001' } };
const problem = {
  type: '/problems/unavailable',
  title: 'Not available right now',
  status: 503,
  detail: 'The database does not answer.',
  instance: '/orders',
  code: 'unavailable',
  requestId: 'r',
};

describe('the client', () => {
  it('sends its key, and what it is given', async () => {
    const { client, asked } = await clientOf(202, { 'Content-Type': 'application/json' }, '{"amount":500}');
    const refund = await answered(
      client.POST('/orders/{id}/refunds', {
        params: { ...params, header: { 'Idempotency-Key': 'once' } },
        body: { amount: 500, reason: 'goodwill', restock: false },
      }),
    );
    expect(refund.amount).toBe(500);
    expect(asked).toEqual([
      {
        url: `/orders/${params.path.id}/refunds`,
        headers: expect.objectContaining({
          authorization: 'Bearer op_key',
          'idempotency-key': 'once',
          'content-type': 'application/json',
        }),
        body: '{"amount":500,"reason":"goodwill","restock":false}',
      },
    ]);
  });

  it('reports a problem, and when to retry', async () => {
    const headers = { 'Content-Type': 'application/problem+json', 'Retry-After': '5' };
    const { client } = await clientOf(503, headers, JSON.stringify(problem));
    const refusal = await answered(client.GET('/orders/{id}', { params })).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refused);
    expect(refusal).toMatchObject({
      problem,
      retryAfter: 5,
      message: '503 unavailable: The database does not answer.',
    });
  });

  it.each([
    ['a page', 502, 'text/html', '<h1>Bad gateway</h1>'],
    ['nothing', 504, 'text/plain', ''],
    ['other JSON', 429, 'application/json', '{"message":"slow down"}'],
    ['null', 500, 'application/json', 'null'],
  ])('knows that %s is not from the API', async (_what, status, type, body) => {
    const { client } = await clientOf(status, { 'Content-Type': type }, body);
    const refusal = await answered(client.GET('/orders/{id}', { params })).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ForeignAnswer);
    expect(refusal).toMatchObject({ status });
  });
});
