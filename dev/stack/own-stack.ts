import { SCOPES } from '#libs/persistence/requests/api-key.repository';
import { Store } from '#libs/persistence/store';

import type { Step } from './steps.js';
import type { Progress } from '../command/terminal.js';

/** A step that leaves nothing to know about it. */
export function plainStep(
  part: Step['part'],
  doing: string,
  run: (progress: Progress) => Promise<unknown>,
): Step {
  return {
    part,
    doing,
    async run(progress) {
      await run(progress);
      return undefined;
    },
  };
}

/** Fills an empty database. @returns an API key with every scope */
export async function stockShop(
  databaseUrl: string,
  goods: Parameters<Store['catalogue']['seed']>[0],
  service: string,
): Promise<string> {
  const store = Store.open(databaseUrl, 1);
  try {
    await store.catalogue.seed(goods);
    return await store.apiKeys.create(service, SCOPES);
  } finally {
    await store.close();
  }
}
