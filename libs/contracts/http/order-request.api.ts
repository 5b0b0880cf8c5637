import { z } from 'zod';

import { COUNTRY_PATTERN, noCountry } from '#libs/places/country';
import { addressErrors, POSTAL_CODE_FORMS, WITH_POSTAL_CODE, WITH_REGION } from '#libs/places/postal-address';

import { Email } from './email.api.js';
import { minorUnits } from './money.api.js';
import { PaymentMethod } from './payment.api.js';
import { Sku } from './sku.api.js';
import { text } from './text.api.js';

/** Addresses that are refused, as JSON Schema for the document; `addressErrors` decides. */
function* wrongAddresses(): Generator<object> {
  const where = (countries: readonly string[]) => ({ country: { enum: countries } });
  const lacks = (field: string) => ({ not: { required: [field] } });
  yield { properties: where(WITH_POSTAL_CODE), ...lacks('postalCode') };
  yield { properties: where(WITH_REGION), ...lacks('region') };
  for (const { form, countries } of POSTAL_CODE_FORMS) {
    const postalCode = { not: { pattern: `^${form}$` } };
    yield { properties: { ...where(countries), postalCode }, required: ['postalCode'] };
  }
}

const Address = z
  .strictObject({
    line1: text(200),
    line2: text(200).optional(),
    city: text(100),
    postalCode: text(20)
      .optional()
      .describe('Needed in countries whose addresses need one: `not` lists them'),
    region: text(100)
      .optional()
      .describe(`State, province or the like. Needed in ${WITH_REGION.join(', ')}`),
    country: z
      .string()
      .regex(COUNTRY_PATTERN, { error: ({ input }) => noCountry(String(input)) })
      .describe('ISO 3166-1 alpha-2, or `XK`'),
    phone: text(40).optional(),
  })
  .superRefine((address, context) => {
    for (const { field, says } of addressErrors(address))
      context.addIssue({ code: 'custom', path: [field], message: says });
  })
  .meta({ id: 'Address', not: { anyOf: [...wrongAddresses()] } });

const Line = z
  .strictObject({
    sku: Sku,
    quantity: z.int().min(1).max(1000),
  })
  .meta({ id: 'OrderedLine' });

/** The body of `POST /orders`. */
export const PlaceOrder = z
  .strictObject({
    customer: z.strictObject({
      id: text(100).optional().describe("The shop's own id; absent for guests"),
      name: text(200),
      email: Email,
    }),
    shippingAddress: Address,
    billingAddress: Address.optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as EUR')
      .describe('ISO 4217'),
    lines: z.array(Line).min(1).max(100),
    payment: z.strictObject({ method: PaymentMethod }),
    expectedTotal: minorUnits
      .optional()
      .describe('Minor units. When the order costs something else, it is refused as price_changed'),
  })
  .meta({
    id: 'PlaceOrder',
    examples: [
      {
        customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
        shippingAddress: { line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10827', country: 'DE' },
        currency: 'EUR',
        lines: [{ sku: 'MUG-BLUE', quantity: 2 }],
        payment: { method: 'pm_card_visa' },
      },
    ],
  });
export type PlaceOrder = z.output<typeof PlaceOrder>;
