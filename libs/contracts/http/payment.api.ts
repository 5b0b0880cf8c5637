import { z } from 'zod';

/** What a shopper pays with, as the payment provider names it. */
export const PaymentMethod = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,255}$/, "must be the payment provider's name of a payment method")
  .describe("The payment provider's name of the payment method");

/** The body of `POST /orders/{id}/payment-attempts`. */
export const RequestPaymentAttempt = z
  .strictObject({ method: PaymentMethod })
  .meta({ id: 'RequestPaymentAttempt', examples: [{ method: 'pm_card_visa' }] });
export type RequestPaymentAttempt = z.output<typeof RequestPaymentAttempt>;

/** What the shopper's browser needs to act on a payment. */
export const ClientSecretView = z
  .object({ clientSecret: z.string().describe('For the shopper alone: not to be stored or logged') })
  .meta({ id: 'ClientSecret' });
export type ClientSecretView = z.output<typeof ClientSecretView>;
