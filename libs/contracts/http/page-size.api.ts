import { z } from 'zod';

/** How many a list gives at once, in digits only: `1e2` and ` 1` are numbers to JavaScript, not to the document. */
export function pageSize(max: number, usual: number) {
  const digits = /^[1-9][0-9]{0,2}$/;
  return z
    .string()
    .regex(digits, `must be 1 to ${max}, in digits`)
    .transform(Number)
    .refine((size) => size <= max, `must be 1 to ${max}, in digits`)
    .meta({ type: 'integer', pattern: digits.source, minimum: 1, maximum: max })
    .default(usual);
}
