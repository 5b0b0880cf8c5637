import { z } from 'zod';

import { LARGEST_AMOUNT } from '#libs/domain/money/currencies';

/**
 * An amount of money in the smallest unit of its currency, as Stripe counts it (docs.stripe.com/currencies). It is a whole number that JSON carries exactly; no currency
 * is charged more than twelve digits of it.
 */
export const minorUnits = z.int().min(0).max(LARGEST_AMOUNT).describe('Minor units');

/** The same where it may be below 0. */
export const signedMinorUnits = z.int().min(-LARGEST_AMOUNT).max(LARGEST_AMOUNT);
