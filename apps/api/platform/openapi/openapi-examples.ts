import type { OpenAPIObject } from '@nestjs/swagger';

import { ANSWERS, problemExample } from '#libs/contracts/http/examples';
import { PROBLEM_CODES } from '#libs/contracts/http/problems';

type Content = Record<string, { schema?: object; examples?: Record<string, object> }>;

/** References to examples among the components, by their names. */
export const references = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }]));

/** The document's examples: each is stored once among the components and referenced wherever its schema is used. */
export class Examples {
  /** By the name of their schema. */
  private readonly values = new Map<string, readonly unknown[]>(
    Object.entries(ANSWERS).map(([schema, one]) => [schema, [one]]),
  );

  /** Moves the examples out of the schemas: Nest would keep only the first, in OpenAPI 3.0's form. */
  extractFrom(schemas: Readonly<Record<string, object>>): Record<string, object> {
    return Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => {
        const { examples, ...rest }: { examples?: unknown } = schema;
        if (Array.isArray(examples)) this.values.set(name, examples);
        return [name, rest];
      }),
    );
  }

  addTo(document: OpenAPIObject): void {
    const named = [...this.values].flatMap(([schema, values]) =>
      namesOf(schema, values).map((name, index) => [name, { value: values[index] }] as const),
    );
    const problems = PROBLEM_CODES.map((code) => [code, { value: problemExample(code) }] as const);
    document.components = { ...document.components, examples: Object.fromEntries([...named, ...problems]) };
    for (const media of mediaOf(document)) {
      const schema = schemaOf(media);
      const values = this.values.get(schema);
      if (values && !media.examples) media.examples = references(namesOf(schema, values));
    }
  }
}

const namesOf = (schema: string, values: readonly unknown[]) =>
  values.map((_, index) => (index === 0 ? schema : `${schema}-${index + 1}`));

/** Every operation of a document. */
export const operationsOf = ({ paths }: OpenAPIObject) =>
  Object.values(paths).flatMap(({ get, put, post, patch, delete: remove }) =>
    [get, put, post, patch, remove].filter((operation) => operation !== undefined),
  );

function mediaOf(document: OpenAPIObject) {
  return operationsOf(document)
    .flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)])
    .flatMap((part): Content[] => (part && 'content' in part && part.content ? [part.content] : []))
    .flatMap((content) => Object.values(content));
}

function schemaOf({ schema }: Content[string]): string {
  return schema && '$ref' in schema && typeof schema.$ref === 'string'
    ? schema.$ref.replace(/^.*\//, '')
    : '';
}
