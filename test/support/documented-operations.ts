import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { type Scope, SCOPES } from '#libs/persistence/requests/api-key.repository';

/** The parts of a JSON schema that tests read. */
export interface Shape {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly anyOf?: readonly { readonly type?: string }[];
}

/** An operation as openapi.json has it, so that a test of all of them has a new one by itself. */
export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  /** With `{name}` for what differs. */
  readonly path: string;
  /** What it takes of a key or of a person; null where it is open, signed by a provider, or takes a session alone. */
  readonly scope: Scope | null;
  /** Whether it is for a person alone. */
  readonly isForPeople: boolean;
  /** Whether it takes an Idempotency-Key. */
  readonly isKeyed: boolean;
  readonly query: readonly string[];
  readonly body: {
    readonly shape: Shape;
    readonly examples: readonly unknown[];
    readonly required: boolean;
  } | null;
}

const reference = z.object({ $ref: z.string() });
const operationSchema = z.object({
  operationId: z.string(),
  security: z
    .array(
      z.object({
        key: z.tuple([z.enum(SCOPES)]).optional(),
        session: z.array(z.enum(SCOPES)).optional(),
      }),
    )
    .default([]),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
  requestBody: z
    .object({
      required: z.boolean().default(false),
      content: z.object({
        'application/json': z.object({
          schema: z.custom<Shape>(),
          examples: z.record(z.string(), z.union([reference, z.object({ value: z.unknown() })])),
        }),
      }),
    })
    .optional(),
});
const document = z
  .object({
    paths: z.record(z.string(), z.record(z.string(), operationSchema)),
    components: z.object({
      schemas: z.record(z.string(), z.custom<Shape>()),
      examples: z.record(z.string(), z.object({ value: z.unknown() })),
    }),
  })
  .parse(JSON.parse(readFileSync('openapi.json', 'utf8')));

const nameIn = ($ref: string) => $ref.replace(/^.*\//, '');

export const schemaNamed = (name: string): Shape => document.components.schemas[name] ?? {};
/** The schema itself, where it is one that another part of the document has. */
export const resolved = (shape: Shape): Shape =>
  shape.$ref === undefined ? shape : schemaNamed(nameIn(shape.$ref));

export const DOCUMENTED: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security, parameters, requestBody }]) => {
      const json = requestBody?.content['application/json'];
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        scope: security[0]?.key?.[0] ?? null,
        isForPeople: security[0]?.session?.length === 0,
        isKeyed: parameters.some(({ name }) => name === 'Idempotency-Key'),
        query: parameters.flatMap((parameter) => (parameter.in === 'query' ? [parameter.name] : [])),
        body: json
          ? {
              shape: json.schema,
              required: requestBody?.required ?? false,
              examples: Object.values(json.examples).map((example) =>
                '$ref' in example ? document.components.examples[nameIn(example.$ref)]?.value : example.value,
              ),
            }
          : null,
      };
    }),
);

/** An address of the operation: of an object that does not exist, unless `names` gives one. */
export const addressOf = ({ path }: DocumentedOperation, names: Readonly<Record<string, string>> = {}) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '019b7654-0000-7000-8000-00000000dead');

/** Those that a test is about, each with what to call it. */
export const titled = (accepts: (operation: DocumentedOperation) => boolean) =>
  DOCUMENTED.filter(accepts).map(
    (operation) => [`${operation.method} ${operation.path}`, operation] as const,
  );
