import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

import { RequestCancellation } from '#libs/contracts/http/cancellation.api';
import { DeliveryEvent } from '#libs/contracts/http/delivery.api';
import { PaymentEvent } from '#libs/contracts/http/payment-event.api';
import { EraseCustomer } from '#libs/contracts/http/erasure.api';
import { Problem, ProblemTypeList } from '#libs/contracts/http/problem.api';

import { Examples } from './openapi-examples.js';
import { addHeaders } from './openapi-headers.js';
import { addTags } from './openapi-tags.js';
import { addWebhooks } from './openapi-webhooks.js';

type Direction = 'input' | 'output';

/** The OpenAPI 3.1 document, generated from the schemas that validate requests. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Order processing')
    .setDescription(
      'Places orders and follows them to their end. A body has at most 64 KiB. Every error is one of [the problem types](/problems).',
    )
    .setVersion('1')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'API key',
        description: 'An API key, `op_…`. That of `npm start` is in `.data/api-key`.',
      },
      'key',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'cookie',
        name: '__Host-order-console',
        description:
          'The session of a person, as [signing in](#operation/beginSignIn) sets it: `order-console` on a laptop. Taken from pages of the console alone; requests that change something take the `csrfToken` of `GET /console/session` in the header `X-CSRF-Token`. With a key beside it, the key decides.',
      },
      'session',
    )
    .build();
  const examples = new Examples();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema, { schemaType }) => convert(schema, schemaType, examples),
    autoTagControllers: false,
  });
  document.components = {
    ...document.components,
    schemas: {
      ...document.components?.schemas,
      ...components(Problem, 'output', examples),
      ...components(ProblemTypeList, 'output', examples),
      ...components(DeliveryEvent, 'input', examples),
      ...components(PaymentEvent, 'input', examples),
      ...components(RequestCancellation, 'input', examples),
      ...components(EraseCustomer, 'input', examples),
    },
  };
  examples.addTo(document);
  addHeaders(document);
  addTags(document);
  addWebhooks(document);
  return document;
}

/** Routes that the document does not describe. */
export const DOCUMENTS = { '/docs': { get: {} }, '/openapi.json': { get: {} } };

/** Serves /docs and /openapi.json. */
export function serveDocuments(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Order processing',
  });
}

/** Nest would make OpenAPI 3.0 schemas, which a 3.1 document may not hold. */
function convert(schema: unknown, io: Direction, examples: Examples) {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $defs, $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return { schema: rest, components: examples.extractFrom($defs ?? {}) };
}

/** The components of schemas that routes only refer to by name. */
function components(schema: z.ZodType, io: Direction, examples: Examples): Record<string, object> {
  const text = JSON.stringify(examples.extractFrom(z.toJSONSchema(schema, { io }).$defs ?? {}));
  return JSON.parse(text.replaceAll('#/$defs/', '#/components/schemas/'));
}
