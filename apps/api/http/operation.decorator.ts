import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiOperation, ApiResponse, ApiSecurity } from '@nestjs/swagger';

import { type ProblemCode, PROBLEMS } from '#libs/contracts/problems';

import { references } from '../openapi-examples.js';
import { type OperationName, OPERATIONS, problemsOf } from './operations.js';

const OperationKey = Reflector.createDecorator<OperationName>();

/** Which operation a route is: decides who may call it, and documents it. A route without one is closed. */
export const Operation = Object.assign(
  (name: OperationName) => {
    const { summary, access } = OPERATIONS[name];
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
      ...byStatus(problemsOf(name)).map(problemResponse),
    );
  },
  { KEY: OperationKey },
);

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
  });
}
