import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader, ApiOperation, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { z } from 'zod';

import { IdempotencyKeyHeader, LONGEST_WAIT, PreferHeader } from '#libs/contracts/http/headers.api';
import { type ProblemCode, PROBLEMS } from '#libs/contracts/http/problems';

import { references } from './openapi-examples.js';
import { type OperationName, type OperationRule, OPERATIONS, problemsOf } from './operations.js';

const OperationKey = Reflector.createDecorator<OperationName>();

/** The operation of a route: decides who may call it, and documents it. A route without one rejects every request. */
export const Operation = Object.assign(
  (name: OperationName) => {
    const { summary, access, idempotency, outcomes }: OperationRule = OPERATIONS[name];
    return applyDecorators(
      OperationKey(name),
      ApiOperation({
        operationId: name,
        summary,
        description: descriptionOf(access),
      }),
      ...securityOf(access),
      ...(idempotency ? [keyHeader(idempotency)] : []),
      ...(outcomes ? [preferHeader] : []),
      requestIdHeader,
      ...byStatus(problemsOf(name)).map(problemResponse),
    );
  },
  { KEY: OperationKey },
);

type Access = OperationRule['access'];

function descriptionOf(access: Access): string | undefined {
  if (access === 'open' || access === 'signed') return undefined;
  return access === 'session' ? 'Takes the session of a person, and no key.' : `Takes scope \`${access}\`.`;
}

/** The ways in, each of which is enough. */
function securityOf(access: Access) {
  if (access === 'open' || access === 'signed') return [];
  if (access === 'session') return [ApiSecurity('session')];
  // Since OpenAPI 3.1 a requirement may name the roles it takes of any scheme, not only of OAuth.
  return [ApiSecurity('key', [access]), ApiSecurity('session', [access])];
}

const ONCE =
  'Unique for each intended effect, and the same in every repeat of the request: the effect happens once';
const KEYS = { required: ONCE, optional: ONCE, inherent: 'Not needed: the operation is idempotent' } as const;

const requestIdHeader = ApiHeader({
  name: 'X-Request-Id',
  required: false,
  description:
    'The id of the request in the response and the log: 1 to 128 visible ASCII characters without `@`; any other is ignored',
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
    // With an example for an optional key, tools would send the same key in every request.
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
  description: `RFC 7240. With \`wait=N\` the response comes once the outcome is known, after N seconds at most; N is at most ${LONGEST_WAIT}. Other preferences are ignored`,
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
