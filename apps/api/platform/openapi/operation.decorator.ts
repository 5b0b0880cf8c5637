import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader, ApiOperation, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { z } from 'zod';

import { IdempotencyKeyHeader, LONGEST_WAIT, PreferHeader } from '#libs/contracts/http/headers.api';
import { type ProblemCode, PROBLEMS } from '#libs/contracts/http/problems';

import { references } from './openapi-examples.js';
import { type OperationName, type OperationRule, OPERATIONS, problemsOf } from './operations.js';

const OperationKey = Reflector.createDecorator<OperationName>();

/** Which operation a route is: decides who may call it, and documents it. A route without one is closed. */
export const Operation = Object.assign(
  (name: OperationName) => {
    const { summary, access, idempotency, outcomes }: OperationRule = OPERATIONS[name];
    const open = access === 'open' || access === 'signed';
    return applyDecorators(
      OperationKey(name),
      ApiOperation({
        operationId: name,
        summary,
        description: open ? undefined : `Takes scope \`${access}\`.`,
      }),
      // Since OpenAPI 3.1 a requirement may name the roles it takes of any scheme, not only of OAuth.
      ...(open ? [] : [ApiSecurity('key', [access])]),
      ...(idempotency ? [keyHeader(idempotency)] : []),
      ...(outcomes ? [preferHeader] : []),
      requestIdHeader,
      ...byStatus(problemsOf(name)).map(problemResponse),
    );
  },
  { KEY: OperationKey },
);

const ONCE =
  'Made up for each thing that is to be done, and kept when the request is repeated: it has its effect once';
const KEYS = { required: ONCE, optional: ONCE, inherent: 'Not needed: asking again is the same' } as const;

const requestIdHeader = ApiHeader({
  name: 'X-Request-Id',
  required: false,
  description:
    'What the answer and the log will know the request by: 1 to 128 visible ASCII characters; others are passed over',
  schema: { type: 'string' },
});

const IN_USE = {
  'Retry-After': {
    description: 'With `idempotency_key_in_use`: seconds to wait before the next attempt',
    schema: { type: 'integer', minimum: 1 },
  },
} as const;

function keyHeader(idempotency: keyof typeof KEYS) {
  return ApiHeader({
    name: 'Idempotency-Key',
    required: idempotency === 'required',
    description: KEYS[idempotency],
    schema: headerSchema(IdempotencyKeyHeader),
    // An optional one that is always sent would have a second try be taken for the first.
    ...(idempotency === 'required' && { example: 'order-1001' }),
  });
}

/** The schema of a header as it is sent, for the OpenAPI document. */
export function headerSchema(header: z.ZodType) {
  const { type, maxLength, pattern } = z.toJSONSchema(header, { io: 'input' });
  return { type, maxLength, pattern } as const;
}

const preferHeader = ApiHeader({
  name: 'Prefer',
  required: false,
  description: `RFC 7240. With \`wait=N\` the answer comes as soon as the outcome is known, after N seconds at most, and at most ${LONGEST_WAIT}; other preferences are passed over`,
  schema: headerSchema(PreferHeader),
});

function byStatus(codes: readonly ProblemCode[]): ProblemCode[][] {
  return [...new Set(codes.map((code) => PROBLEMS[code].status))].map((status) =>
    codes.filter((code) => PROBLEMS[code].status === status),
  );
}

function problemResponse(codes: ProblemCode[]) {
  const status = PROBLEMS[codes[0] ?? 'internal_error'].status;
  return ApiResponse({
    status,
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n'),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: references(codes),
      },
    },
    headers: codes.includes('idempotency_key_in_use') ? IN_USE : undefined,
  });
}
