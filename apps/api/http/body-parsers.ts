import type { NestExpressApplication } from '@nestjs/platform-express';

import { isJson } from './json-body.guard.js';

const LIMIT = '64kb';
/** A dispute's event carries its evidence, up to 150,000 characters (docs.stripe.com/api/disputes). */
const PAYMENT_EVENT_LIMIT = '512kb';

type Request = { url?: string; headers?: { 'content-type'?: string } };
const isPaymentEvent = ({ url }: Request) => /^\/webhooks\/stripe(?:[/?]|$)/.test(url ?? '');
const isWebhook = ({ url }: Request) => url?.startsWith('/webhooks/') ?? false;

/** Webhooks are kept as the bytes that were signed; other bodies are parsed when they are JSON. */
export function useBodyParsers(app: NestExpressApplication): void {
  app.useBodyParser('raw', { type: isPaymentEvent, limit: PAYMENT_EVENT_LIMIT });
  app.useBodyParser('raw', {
    type: (request: Request) => isWebhook(request) && !isPaymentEvent(request),
    limit: LIMIT,
  });
  app.useBodyParser('json', {
    type: ({ headers }: Request) => isJson(headers?.['content-type']),
    limit: LIMIT,
    strict: false,
  });
}
