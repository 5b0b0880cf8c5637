import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';

import { verifyWebhook, WebhookRejected } from './webhook.js';

const [OLD, NEW] = [`whsec_${'b2xk'.repeat(8)}`, `whsec_${'bmV3'.repeat(8)}`];
const ID = '019b7900-00d1-7000-8000-00000000000c';
const body = JSON.stringify({ id: ID, type: 'webhook.test', data: { endpoint: { id: 'ä' } } });

/** As the service signs it: by the reference implementation, with each of its secrets. */
function signed(secrets: readonly string[], at = new Date()): Record<string, string> {
  return {
    'webhook-id': ID,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(ID, at, body)).join(' '),
  };
}
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe('a message of the service', () => {
  it.each([
    ['one secret, as before', [OLD], OLD],
    ['both, while one replaces the other here', [OLD, NEW], OLD],
    ['both, once the receiver has the new one alone', [OLD, NEW], NEW],
    ['one, while the receiver has both', [NEW], [OLD, NEW]],
  ])('is verified when signed with %s', (_, secrets, own) => {
    expect(verifyWebhook(body, signed(secrets), own)).toEqual(JSON.parse(body));
  });

  it('may come as text or bytes, with the headers of Node or of fetch', () => {
    expect(verifyWebhook(Buffer.from(body), new Headers(signed([NEW])), NEW)).toEqual(JSON.parse(body));
    expect(verifyWebhook(new TextEncoder().encode(body), signed([NEW]), [NEW])).toEqual(JSON.parse(body));
  });

  it('may be as late as the receiver says', () => {
    expect(verifyWebhook(body, signed([NEW], minutesAgo(9)), NEW, { tolerance: 600 })).toMatchObject({
      id: ID,
    });
  });
});

describe('a message is rejected', () => {
  const headers = signed([NEW]);
  it.each([
    ['that was changed', `${body} `, headers],
    ['with another id', body, { ...headers, 'webhook-id': 'other' }],
    [
      'with another time',
      body,
      { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
    ],
    ['signed with another secret', body, signed([OLD])],
    ['of six minutes ago', body, signed([NEW], minutesAgo(6))],
    ['of the future', body, signed([NEW], minutesAgo(-6))],
    ['without a time', body, { ...headers, 'webhook-timestamp': '' }],
    ['whose time is no number', body, { ...headers, 'webhook-timestamp': 'now' }],
    ['without a signature', body, { ...headers, 'webhook-signature': undefined }],
    ['with half a signature', body, { ...headers, 'webhook-signature': 'v1,AAAA' }],
    [
      'with a signature of another version',
      body,
      { ...headers, 'webhook-signature': headers['webhook-signature']?.replace('v1,', 'v2,') },
    ],
  ])('%s', (_, payload, given) => {
    expect(() => verifyWebhook(payload, given, NEW)).toThrow(WebhookRejected);
  });
});

it('a secret that is none is a fault of the receiver', () => {
  expect(() => verifyWebhook(body, signed([NEW]), '')).toThrow('whsec_');
});
