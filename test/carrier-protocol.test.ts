import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { DeliveryEvent } from '#libs/contracts/http/delivery.api';
import { CARRIER_EVENTS } from '#libs/domain/fulfilment/carrier-event';
import {
  carrierErrorSchema,
  carrierEventSchema,
  parcelStatusSchema,
  shipmentRequestSchema,
  shipmentSchema,
} from '#libs/shipping/carrier-protocol';

const page = readFileSync('docs/carrier-protocol.md', 'utf8');

it('docs/carrier-protocol.md shows bodies that fit the protocol', () => {
  const examples = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = '']): unknown =>
    JSON.parse(json),
  );
  const schemas = [shipmentRequestSchema, shipmentSchema, carrierErrorSchema, carrierEventSchema];
  expect(examples).toHaveLength(schemas.length);
  for (const [at, schema] of schemas.entries())
    expect(examples[at]).toMatchObject(schema.parse(examples[at]));
  expect(DeliveryEvent.safeParse(examples.at(-1)).success).toBe(true);
});

it('docs/carrier-protocol.md names every event and every status', () => {
  for (const name of [...CARRIER_EVENTS, ...parcelStatusSchema.options])
    expect(page).toContain(`\`${name}\``);
});
