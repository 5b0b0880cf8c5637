import { readFileSync } from 'node:fs';

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { EventView } from '#libs/contracts/http/event.api';
import { eventExample } from '#libs/contracts/http/examples';
import { isProblemCode, PROBLEMS } from '#libs/contracts/http/problems';
import { EVENT_TYPES, EVENTS } from '#libs/domain/events/event-types';

import {
  type OperationName,
  OPERATIONS,
  outcomesOf,
  problemsOf,
  takesNoQuery,
} from '../apps/api/platform/openapi/operations.js';

const example = z.union([
  z.strictObject({ $ref: z.string() }),
  z.strictObject({ summary: z.string().optional(), value: z.unknown() }),
]);
const mediaType = z.strictObject({
  schema: z.record(z.string(), z.unknown()),
  examples: z.record(z.string(), example).optional(),
});
const content = z.record(z.string(), mediaType);
const operationSchema = z.object({
  operationId: z.custom<OperationName>((name) => typeof name === 'string' && Object.hasOwn(OPERATIONS, name)),
  description: z.string().optional(),
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.unknown() }))
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string(),
      content: content.optional(),
      headers: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});
const document = z
  .looseObject({
    paths: z.record(z.string(), z.record(z.string(), operationSchema)),
    webhooks: z.record(
      z.string(),
      z.object({ post: z.object({ summary: z.string(), requestBody: z.object({ content }) }) }),
    ),
    components: z.looseObject({
      examples: z.record(z.string(), z.object({ value: z.unknown() })),
      schemas: z.record(z.string(), z.unknown()),
    }),
  })
  .parse(JSON.parse(readFileSync('openapi.json', 'utf8')));

type Operation = z.output<typeof operationSchema>;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, Operation] => [
    `${method.toUpperCase()} ${path}`,
    operation,
  ]),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ ...document }, 'openapi.json');

/** By the text of its schema: most operations show the same problems, and compiling takes longer than all else. */
const compiled = new Map<string, ValidateFunction>();

/** Every rule of its schema that an example breaks. */
function faults(schema: object, value: unknown): unknown {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi.json#/components/');
  const check = compiled.get(text) ?? ajv.compile(JSON.parse(text));
  compiled.set(text, check);
  return check(value) ? null : check.errors;
}

function examplesOf({ examples = {} }: z.output<typeof mediaType>): [string, unknown][] {
  return Object.entries(examples).map(([name, one]) => [
    name,
    '$ref' in one ? document.components.examples[one.$ref.replace(/^.*\//, '')]?.value : one.value,
  ]);
}

/** One level of a schema, with what limits it. */
const level = z.looseObject({
  $ref: z.string().optional(),
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  items: z.unknown().optional(),
});
/** A value of this type is limited by one of these. */
const LIMITS: Readonly<Record<string, readonly string[]>> = {
  string: ['maxLength', 'pattern', 'enum', 'allOf'],
  integer: ['maximum'],
  array: ['maxItems'],
};

/** Where a schema takes strings, numbers or lists without an end. */
function unlimited(schema: unknown, place = ''): string[] {
  if (schema === undefined) return [];
  const { $ref, type = '', properties, items, ...limits } = level.parse(schema);
  if ($ref) return unlimited(document.components.schemas[$ref.replace(/^.*\//, '')], place);
  const open = LIMITS[type]?.every((limit) => !(limit in limits)) ? [place] : [];
  const within = Object.entries(properties).flatMap(([name, each]) => unlimited(each, `${place}/${name}`));
  return [...open, ...within, ...unlimited(items, `${place}/0`)];
}

/** Operations whose answers have a `Location`. */
const LOCATED: readonly OperationName[] = ['placeOrder', 'attemptPayment', 'requestRefund'];

/** Whether an answer may come once the outcome is known. */
function tellsOutcome(operationId: OperationName, status: string): boolean {
  const outcomes = outcomesOf(operationId);
  if (!outcomes) return false;
  return status.startsWith('2') || outcomes.some((code) => String(PROBLEMS[code].status) === status);
}

const statusesOf = ({ operationId }: Operation, accepts: (status: number) => boolean = () => true) =>
  [...new Set(problemsOf(operationId).map((code) => PROBLEMS[code].status))].filter(accepts).map(String);

it('openapi.json has every operation there is', () => {
  expect(operations.map(([, { operationId }]) => operationId).sort()).toEqual(Object.keys(OPERATIONS).sort());
});

describe.each(operations)('%s', (title, operation) => {
  const { responses, requestBody, parameters, security, operationId } = operation;
  const { access } = OPERATIONS[operationId];
  const keyed = access !== 'open' && access !== 'signed';

  it('shows what it takes and what it answers, and each example is valid', () => {
    const media = [requestBody, ...Object.values(responses)].flatMap((part) =>
      Object.entries(part?.content ?? {}),
    );
    for (const [type, each] of media.filter(([name]) => name !== 'text/html')) {
      const shown = examplesOf(each);
      expect(shown.length, type).toBeGreaterThan(0);
      for (const [name, value] of shown) {
        expect(value, name).toBeDefined();
        expect(faults(each.schema, value), name).toBeNull();
      }
    }
  });

  it('documents the limits of every input', () => {
    // These accept every value, and ignore one without a meaning.
    const lenient = ['X-Request-Id', 'Prefer'];
    const read = parameters.filter(({ name }) => !lenient.includes(name)).map(({ schema }) => schema);
    const bodies = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema);
    expect([...read, ...bodies].flatMap((schema) => unlimited(schema))).toEqual([]);
  });

  it('documents the headers of its answers', () => {
    for (const [status, { headers }] of Object.entries(responses)) {
      const expected = [
        'X-Request-Id',
        ...(status === '429' || status === '503' ? ['Retry-After'] : []),
        ...(status === '409' && problemsOf(operationId).includes('idempotency_key_in_use')
          ? ['Retry-After']
          : []),
        ...(tellsOutcome(operationId, status) ? ['Preference-Applied'] : []),
        ...(LOCATED.includes(operationId) && tellsOutcome(operationId, status) ? ['Location'] : []),
        ...(keyed && (status === '401' || status === '403') ? ['WWW-Authenticate'] : []),
      ];
      expect(Object.keys(headers), status).toEqual(expect.arrayContaining(expected));
    }
  });

  it('may be waited for exactly where the outcome comes later', () => {
    const later = keyed && Object.keys(responses).includes('202');
    expect(outcomesOf(operationId) !== undefined).toBe(later);
    expect(parameters.some(({ name }) => name === 'Prefer')).toBe(later);
  });

  it('takes the id that a request is to be known by', () => {
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'X-Request-Id', in: 'header', required: false }),
    );
  });

  it('documents the scope it requires', () => {
    const byScope = [{ key: [access] }, { session: [access] }];
    expect(security).toEqual(keyed ? (access === 'session' ? [{ session: [] }] : byScope) : undefined);
    if (keyed && access !== 'session') expect(operation.description).toContain(`\`${access}\``);
  });

  it('lists every problem it can answer, by its code', () => {
    expect(
      Object.keys(responses)
        .filter((status) => Number(status) >= 400)
        .sort(),
    ).toEqual(statusesOf(operation).sort());
    for (const code of problemsOf(operationId)) {
      const response = responses[PROBLEMS[code].status];
      expect(response?.description).toContain(`\`${code}\`: ${PROBLEMS[code].title}`);
      expect(Object.keys(response?.content?.['application/problem+json']?.examples ?? {})).toContain(code);
    }
  });

  it('takes a query if it shows one, and else none', () => {
    expect(takesNoQuery(operationId)).toBe(
      access !== 'signed' && !parameters.some(({ in: place }) => place === 'query'),
    );
  });

  it('can be refused for what it takes', () => {
    const expected = [
      ...(keyed ? ['unauthenticated', 'cross_site_request', 'unavailable'] : []),
      ...(keyed && access !== 'session' ? ['insufficient_scope'] : []),
      ...(access === 'signed' ? ['invalid_signature'] : []),
      'invalid_request',
      ...(requestBody ? ['malformed_body', 'body_too_large'] : []),
      ...(requestBody && keyed ? ['unsupported_media_type'] : []),
      ...(parameters.some(({ name, required }) => name === 'Idempotency-Key' && required)
        ? ['idempotency_key_missing', 'idempotency_key_malformed', 'idempotency_key_reused']
        : []),
      'internal_error',
    ];
    expect(problemsOf(operationId)).toEqual(expect.arrayContaining(expected));
    // PUT creates an object that does not exist.
    if (!title.startsWith('PUT') && parameters.some(({ in: place }) => place === 'path')) {
      expect(statusesOf(operation, (status) => status === 404)).toEqual(['404']);
    }
  });
});

it('every example among the components is shown somewhere', () => {
  const text = JSON.stringify(document.paths);
  const unused = Object.keys(document.components.examples).filter(
    (name) => !text.includes(`"#/components/examples/${name}"`),
  );
  // These answer requests to no operation.
  expect(unused.filter((name) => isProblemCode(name))).toEqual(['method_not_allowed']);
  expect(unused.filter((name) => !isProblemCode(name))).toEqual([]);
});

describe('the events that the document has as webhooks', () => {
  it('are those of the catalogue', () => {
    expect(Object.keys(document.webhooks)).toEqual(EVENT_TYPES);
  });

  it.each(EVENT_TYPES)('%s: a valid example, and no other type fits its schema', (type) => {
    const webhook = document.webhooks[type];
    const body = webhook?.post.requestBody.content['application/json'];
    const [[, value] = []] = examplesOf(body ?? { schema: {} });
    expect(webhook?.post.summary).toBe(EVENTS[type].means);
    expect(EventView.strict().safeParse(value).error).toBeUndefined();
    expect(faults(body?.schema ?? {}, value)).toBeNull();
    const other = EVENT_TYPES.find((each) => each !== type);
    expect(faults(body?.schema ?? {}, { ...EventView.parse(value), type: other })).not.toBeNull();
  });

  it('name what they are about', () => {
    const { payment: _, ...data } = eventExample('payment.attempt_requested').data;
    const schema =
      document.webhooks['payment.attempt_requested']?.post.requestBody.content['application/json']?.schema;
    expect(faults(schema ?? {}, { ...eventExample('payment.attempt_requested'), data })).not.toBeNull();
  });
});
