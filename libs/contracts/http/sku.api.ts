import { z } from 'zod';

/** What names a product, in lines and in addresses. */
export const Sku = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');
