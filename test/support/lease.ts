import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { inject } from 'vitest';

/** Leases the first of `names` that no test file has leased in this run. */
export function lease(names: readonly string[]): string {
  const free = names.find((name) => {
    try {
      mkdirSync(join(inject('leases'), name));
      return true;
    } catch {
      return false;
    }
  });
  if (free === undefined)
    throw new Error(`all ${names.length} of ${names[0]}… are taken: provide more in shared-servers.ts`);
  return free;
}
