/** Fills the embedded database: the catalogue, and an API key with every scope. Both are done once. */
import { environmentFor } from '#libs/config/environment';
import { SCOPES } from '#libs/persistence/requests/api-key.repository';
import { Store } from '#libs/persistence/store';

import { CATALOGUE } from './catalogue.js';
import { keepSecret, keptSecret } from './secrets.js';

const environment = environmentFor(['store']);
const store = Store.open(environment.store.DATABASE_URL, 1);
try {
  const added = await store.catalogue.seed(CATALOGUE);
  console.log(`Added ${added} products`);
  const key = keptSecret('api-key');
  if (key === undefined || (await store.apiKeys.authenticate(key)) === null) {
    keepSecret('api-key', await store.apiKeys.create('local', SCOPES));
    console.log('Made an API key');
  }
} finally {
  await store.close();
}
