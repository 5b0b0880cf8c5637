import type { OpenAPIObject } from '@nestjs/swagger';

import { type ProblemCode, PROBLEMS } from '#libs/contracts/problems';

import { PREFERENCE_APPLIED } from './http/preferred-wait.js';
import { operationsOf } from './openapi-examples.js';

/** What answers say in headers, besides their type. */
const HEADERS = {
  'X-Request-Id': {
    description: 'What to quote when asking about this request: the one it came with, or a new one',
    required: true,
    schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
  },
  'Retry-After': {
    description: 'Seconds to wait before the next attempt',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'What is missing: RFC 6750, section 3',
    required: true,
    schema: { type: 'string', pattern: '^Bearer' },
  },
} as const;

type Header = keyof typeof HEADERS;

/** What every answer with this status says. */
const BY_STATUS: Readonly<Record<string, readonly Header[]>> = { 429: ['Retry-After'], 503: ['Retry-After'] };
/** What those say that ask for a key. */
const BY_STATUS_WITH_KEY: Readonly<Record<string, readonly Header[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
};

/** How it is told that an order was placed, and did not come about while its caller waited. */
const NO_ORDER: readonly ProblemCode[] = [
  'payment_declined',
  'payment_expired',
  'out_of_stock',
  'order_cancelled',
  'order_invalid',
];
const OF_NO_ORDER = {
  Location: { description: 'Where the order is, if it was placed', schema: { type: 'string' } },
  ...PREFERENCE_APPLIED,
} as const;
const tellsOfNoOrder = (operation: string | undefined, status: string) =>
  operation === 'placeOrder' && NO_ORDER.some((code) => String(PROBLEMS[code].status) === status);

/** Adds the headers that an answer has because of its status, each kept once among the components. */
export function addHeaders(document: OpenAPIObject): void {
  document.components = { ...document.components, headers: HEADERS };
  for (const { operationId, responses, security } of operationsOf(document))
    for (const [status, response] of Object.entries(responses)) {
      if (!response || '$ref' in response) continue;
      const byKey = security ? BY_STATUS_WITH_KEY[status] : undefined;
      const names: Header[] = [...(BY_STATUS[status] ?? []), ...(byKey ?? []), 'X-Request-Id'];
      const references = names.map((name) => [name, { $ref: `#/components/headers/${name}` }] as const);
      const ofNoOrder = tellsOfNoOrder(operationId, status) ? OF_NO_ORDER : {};
      response.headers = { ...response.headers, ...ofNoOrder, ...Object.fromEntries(references) };
    }
}
