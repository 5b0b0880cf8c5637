import { z } from 'zod';

/** One value, or several by repeating the parameter. */
export const oneOrMore = <T extends string>(values: readonly T[]) =>
  z.preprocess(
    (given) => (Array.isArray(given) ? given : [given]),
    z.array(z.enum(values)).max(values.length),
  );
