import { z } from 'zod';

const path = z.string().regex(/^\//);

/** Where to read on, as paths of the API's own address. */
export const EntryView = z
  .object({
    docs: path.describe('The documentation, for people'),
    openapi: path.describe('The same as OpenAPI 3.1'),
    problems: path.describe('What every error means'),
    orders: path.describe('Where orders are placed'),
  })
  .meta({ id: 'Entry' });
export type EntryView = z.output<typeof EntryView>;
