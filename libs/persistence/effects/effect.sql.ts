import { Prisma } from '../generated/client.js';

/** A gate that is shut once an effect has begun or was closed, for `OrderChange.gate`. */
export const unlessBegun = (key: string) => Prisma.sql`
  SELECT id FROM before WHERE NOT EXISTS (SELECT 1 FROM effect e WHERE e.key = ${key})`;
