import { z } from 'zod';

/** When an event was signed, in seconds since 1970. */
export const WebhookTimestamp = z.string().max(12).regex(/^\d+$/, 'must be seconds since 1970');

/** Signatures, one after another while a secret is replaced. */
export const WebhookSignature = z
  .string()
  .max(2_000)
  .regex(/^[ -~]+$/, 'must be visible ASCII characters and spaces');
