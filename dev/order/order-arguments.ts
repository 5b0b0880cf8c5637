import { parseArgs } from 'node:util';

import { UsageError } from '../command/arguments.js';

const OPTIONS = {
  customer: { type: 'string', default: 'Ada Example' },
  email: { type: 'string', default: 'ada@example.com' },
  sku: { type: 'string', default: 'MUG-BLUE' },
  quantity: { type: 'string', default: '2' },
  currency: { type: 'string', default: 'EUR' },
  payment: { type: 'string', default: 'pm_card_visa' },
  'postal-code': { type: 'string', default: '10115' },
} as const;

/** How `npm run order` is used. */
export const USAGE = [
  'Usage: npm run order -- [--customer NAME] [--email ADDRESS] [--sku SKU] [--quantity N] [--currency CODE] [--payment METHOD] [--postal-code CODE]',
  'Places an order as a shop would, and follows it to its end. Left out, two blue mugs go to Ada Example in Berlin.',
  '  --payment pm_card_chargeDeclined   a card that is declined',
  '  --postal-code 00000                an address the sandbox carrier refuses',
  '  --sku SOLD-OUT                     a product of which none is left',
  'API_KEY is the key to use, and API_PORT where the API is; left out, both are those of npm start.',
].join('\n');

/**
 * The body of `POST /orders` that the flags describe.
 *
 * @throws UsageError that says what there is
 */
export function orderFrom(argv: readonly string[]) {
  const values = flags(argv);
  const quantity = Number(values.quantity);
  if (!Number.isInteger(quantity)) throw new UsageError(`--quantity is a whole number.\n${USAGE}`);
  return {
    customer: { name: values.customer, email: values.email },
    shippingAddress: {
      line1: 'Example Street 1',
      city: 'Berlin',
      postalCode: values['postal-code'],
      country: 'DE',
    },
    currency: values.currency,
    lines: [{ sku: values.sku, quantity }],
    payment: { method: values.payment },
  };
}

function flags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence}.\n${USAGE}`);
  }
}
