import { z } from 'zod';

import { LARGEST_AMOUNT } from '#libs/order/currencies';

/**
 * An amount of money in the smallest unit of its currency. It is a whole number that JSON carries exactly; no currency
 * is charged more than twelve digits of it.
 */
export const minorUnits = z
  .int()
  .min(0)
  .max(LARGEST_AMOUNT)
  .describe('In the smallest unit of the currency, as Stripe counts it (docs.stripe.com/currencies)');

/** The same where it may be below 0. */
export const signedMinorUnits = minorUnits.min(-LARGEST_AMOUNT);
