import { SCOPES } from '#libs/persistence/requests/api-key.repository';
import { Store } from '#libs/persistence/store';

/** Fills an empty database. @param service whose API key is made @returns the key, which has every scope */
export async function seedDatabase(
  databaseUrl: string,
  products: Parameters<Store['catalogue']['seed']>[0],
  service: string,
): Promise<string> {
  const store = Store.open(databaseUrl, 1);
  try {
    await store.catalogue.seed(products);
    return await store.apiKeys.create(service, SCOPES);
  } finally {
    await store.close();
  }
}
