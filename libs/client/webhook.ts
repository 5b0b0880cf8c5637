import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Event } from './openapi.js';

/** What an operator has sent to see whether it arrives. It is about no order. */
export interface TestEvent {
  readonly id: string;
  readonly type: 'webhook.test';
  readonly time: string;
  readonly data: { readonly endpoint: { readonly id: string } };
}

export type WebhookEvent = Event | TestEvent;

/** The message is not one of the service, or not of now: answer 400, and do nothing. */
export class WebhookRejected extends Error {
  override readonly name = 'WebhookRejected';
}

/** Headers as `fetch` has them, or as Node's `request.headers`. */
export type WebhookHeaders =
  Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** Seconds by which the time of the message may be off. */
  readonly tolerance?: number;
}

/** As the Standard Webhooks specification has it. */
const TOLERANCE = 300;
const PREFIX = 'whsec_';
const VERSION = 'v1,';

/**
 * The event in a message that the service has sent, once its signature and its time are verified, by
 * https://www.standardwebhooks.com.
 *
 * @param payload the body as it came, not parsed
 * @param secrets of the endpoint, `whsec_…`; several while one replaces the other
 * @throws WebhookRejected
 */
export function verifyWebhook(
  payload: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  { tolerance = TOLERANCE }: VerifyOptions = {},
): WebhookEvent {
  const id = required(headers, 'webhook-id');
  const timestamp = required(headers, 'webhook-timestamp');
  const signatures = required(headers, 'webhook-signature');
  const off = Math.abs(Date.now() / 1_000 - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp) || off > tolerance)
    throw new WebhookRejected(`the time of the message is more than ${tolerance} s off`);
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const given = signatures
    .split(' ')
    .filter((each) => each.startsWith(VERSION))
    .map((each) => Buffer.from(each.slice(VERSION.length), 'base64'));
  const expected = [secrets]
    .flat()
    .map((secret) => createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest());
  const matches = expected.flatMap((one) =>
    given.filter((other) => other.length === one.length && timingSafeEqual(one, other)),
  );
  if (matches.length === 0)
    throw new WebhookRejected('no signature of the message is made with a secret of ours');
  return JSON.parse(Buffer.from(body).toString('utf8'));
}

/** @throws Error, since it is a fault of the receiver's settings and not of the message */
function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '', 'base64');
  if (key.length === 0) throw new Error('a secret of webhooks is whsec_ and base64');
  return key;
}

function required(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers) ? headers.get(name) : headers[name];
  if (typeof value !== 'string' || value === '')
    throw new WebhookRejected(`the message has no header ${name}`);
  return value;
}

const isHeaders = (headers: WebhookHeaders): headers is Pick<Headers, 'get'> =>
  'get' in headers && typeof headers.get === 'function';
