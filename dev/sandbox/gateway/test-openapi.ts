import { z } from 'zod';

/** The part of OpenAPI that Stripe's description makes use of. */
export interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly items?: Schema | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | Schema | undefined;
}

const schemaSchema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    nullable: z.boolean().optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(schemaSchema).optional(),
    items: schemaSchema.optional(),
    properties: z.record(z.string(), schemaSchema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), schemaSchema]).optional(),
  }),
);
const answerSchema = z.object({
  content: z.object({ 'application/json': z.object({ schema: schemaSchema }) }),
});
const operationSchema = z.object({ responses: z.object({ '200': answerSchema }) });
const descriptionSchema = z.object({
  components: z.object({ schemas: z.record(z.string(), schemaSchema) }),
  // Read one by one: a few answer something else than JSON.
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** Stripe's description of its API: what an answer of an operation may look like, and what is wrong with one. */
export class OpenApi {
  readonly #schemas: Readonly<Record<string, Schema>>;
  readonly #paths: z.output<typeof descriptionSchema>['paths'];

  /** @param leftOut properties that need not be there, such as `charge.refunds` */
  constructor(
    description: unknown,
    private readonly leftOut: ReadonlySet<string>,
  ) {
    const { components, paths } = descriptionSchema.parse(description);
    this.#schemas = components.schemas;
    this.#paths = paths;
  }

  /** @param operation as `POST /v1/refunds` */
  answerOf(operation: string): Schema {
    const [method = '', path = ''] = operation.split(' ');
    const { responses } = operationSchema.parse(this.#paths[path]?.[method.toLowerCase()]);
    return responses['200'].content['application/json'].schema;
  }

  object(name: string): Schema {
    return { $ref: `#/components/schemas/${name}` };
  }

  /**
   * Everything in which a value differs from what Stripe would send: a property it does not know, one that is
   * missing, another type. Stripe sends what is required, and null for what is nullable and not there; a
   * property that is neither is optional.
   */
  misfits(schema: Schema, value: unknown, at = '', owner = ''): string[] {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
      const named = this.#schemas[name];
      if (!named) throw new Error(`Stripe has no ${name}`);
      return this.misfits(named, value, at === '' ? name : at, name);
    }
    if (value === null) return schema.nullable === true ? [] : [`${at} must not be null`];
    if (schema.anyOf) return this.#misfitsOfAny(schema.anyOf, value, at);
    if (schema.enum && !schema.enum.includes(value)) return [`${at} must not be ${JSON.stringify(value)}`];
    if (schema.type === 'array') return this.#misfitsOfArray(schema, value, at);
    if (schema.properties || schema.type === 'object') return this.#misfitsOfObject(schema, value, at, owner);
    return isOfType(schema.type, value) ? [] : [`${at} must be of type ${schema.type}`];
  }

  /** The one that comes nearest. */
  #misfitsOfAny(schemas: readonly Schema[], value: unknown, at: string): string[] {
    const all = schemas.map((schema) => this.misfits(schema, value, at));
    return all.reduce((least, each) => (each.length < least.length ? each : least));
  }

  #misfitsOfArray({ items }: Schema, value: unknown, at: string): string[] {
    if (!Array.isArray(value)) return [`${at} must be a list`];
    if (!items) return [];
    return value.flatMap((each: unknown, index) => this.misfits(items, each, `${at}[${index}]`));
  }

  #misfitsOfObject(schema: Schema, value: unknown, at: string, owner: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [`${at} must be an object`];
    const { properties = {}, required = [], additionalProperties } = schema;
    const present = new Map<string, unknown>(Object.entries(value));
    const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    const isOpen = additionalProperties === true || Object.keys(properties).length === 0;
    const missing = Object.entries(properties)
      .filter(([name, { nullable }]) => required.includes(name) || nullable === true)
      .filter(([name]) => !present.has(name) && !this.leftOut.has(`${owner}.${name}`))
      .map(([name]) => `${at}.${name} is missing`);
    return [
      ...missing,
      ...[...present].flatMap(([name, each]) => {
        const property = properties[name] ?? others;
        if (property) return this.misfits(property, each, `${at}.${name}`);
        return isOpen ? [] : [`${at}.${name} is unknown to Stripe`];
      }),
    ];
  }
}

function isOfType(type: string | undefined, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return type === undefined || typeof value === type;
}
