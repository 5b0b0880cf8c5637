import { defineCommand, type OptionValues } from '#libs/command/command-line';
import { text, wholeNumber, withDefault } from '#libs/command/option';

export const ORDER = defineCommand({
  name: 'npm run order --',
  about: [
    'Places an order as a shop would, and follows it to its end. Without options, two blue mugs go to Ada Example in',
    'Berlin.',
  ],
  options: {
    customer: withDefault(text('NAME'), 'Ada Example', 'the name of the customer'),
    email: withDefault(text('ADDRESS'), 'ada@example.com', 'where the mails go'),
    sku: withDefault(text('SKU'), 'MUG-BLUE', 'the product; of SOLD-OUT none is left'),
    quantity: withDefault(wholeNumber(1, 1_000_000), '2', 'how many of it'),
    currency: withDefault(text('CODE'), 'EUR', 'the currency of the prices'),
    payment: withDefault(
      text('METHOD'),
      'pm_card_visa',
      'the payment method; pm_card_chargeDeclined is declined',
    ),
    'postal-code': withDefault(text('CODE'), '10115', 'of the address; the sandbox carrier refuses 00000'),
  },
  notes: ['API_KEY is the key to use, and API_PORT where the API is; left out, both are those of npm start.'],
});

/** The body of `POST /orders` that the options describe. */
export function orderFrom(options: OptionValues<typeof ORDER.options>) {
  return {
    customer: { name: options.customer, email: options.email },
    shippingAddress: {
      line1: 'Example Street 1',
      city: 'Berlin',
      postalCode: options['postal-code'],
      country: 'DE',
    },
    currency: options.currency,
    lines: [{ sku: options.sku, quantity: options.quantity }],
    payment: { method: options.payment },
  };
}
