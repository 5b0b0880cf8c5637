import type { OpenAPIObject } from '@nestjs/swagger';

import { PROBLEMS } from '#libs/contracts/http/problems';

import { isOperation, outcomesOf } from './operations.js';
import { PREFERENCE_APPLIED } from '../requests/preferred-wait.js';
import { operationsOf } from './openapi-examples.js';

/** Headers of responses. */
const HEADERS = {
  'X-Request-Id': {
    description: 'The id of this request, for support: the one it was sent with, or a new one',
    required: true,
    schema: { type: 'string', pattern: '^[!-?A-~]{1,128}$' },
  },
  'Retry-After': {
    description: 'Seconds to wait before the next attempt',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'What the request lacks: RFC 6750, section 3',
    required: true,
    schema: { type: 'string', pattern: '^Bearer' },
  },
} as const;

type Header = keyof typeof HEADERS;

/** Headers of every response with a status. */
const BY_STATUS: Readonly<Record<string, readonly Header[]>> = { 429: ['Retry-After'], 503: ['Retry-After'] };
/** Headers of responses of operations that require a key. */
const BY_STATUS_WITH_KEY: Readonly<Record<string, readonly Header[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
};

/** Headers of operations whose caller may wait for an outcome. */
function ofOutcome(operation: string | undefined, status: string, located: boolean) {
  const outcomes = operation && isOperation(operation) ? outcomesOf(operation) : undefined;
  if (!outcomes) return {};
  if (status.startsWith('2')) return PREFERENCE_APPLIED;
  if (outcomes.every((code) => String(PROBLEMS[code].status) !== status)) return {};
  return located ? { ...LOCATION, ...PREFERENCE_APPLIED } : PREFERENCE_APPLIED;
}

const LOCATION = {
  Location: { description: 'The address of the resource, if it was stored', schema: { type: 'string' } },
} as const;

const isLocated = (responses: ReturnType<typeof operationsOf>[number]['responses']) =>
  Object.values(responses).some(
    (response) => response && 'headers' in response && response.headers?.['Location'] !== undefined,
  );

/** Adds the headers that follow from a response's status; each is stored once among the components. */
export function addHeaders(document: OpenAPIObject): void {
  document.components = { ...document.components, headers: HEADERS };
  for (const { operationId, responses, security } of operationsOf(document)) {
    const located = isLocated(responses);
    for (const [status, response] of Object.entries(responses)) {
      if (!response || '$ref' in response) continue;
      const byKey = security ? BY_STATUS_WITH_KEY[status] : undefined;
      const names: Header[] = [...(BY_STATUS[status] ?? []), ...(byKey ?? []), 'X-Request-Id'];
      const references = names.map((name) => [name, { $ref: `#/components/headers/${name}` }] as const);
      response.headers = {
        ...response.headers,
        ...ofOutcome(operationId, status, located),
        ...Object.fromEntries(references),
      };
    }
  }
}
