import { CATALOGUE } from '../stack/catalogue.js';
import { seedDatabase } from '../stack/seed-database.js';
import type { Stack } from '../stack/stack.js';

/** Starts the whole system. @returns an API key with every scope */
export async function startFuzzSystem(stack: Stack): Promise<string> {
  let apiKey = '';
  const seed = async () => {
    apiKey = await seedDatabase(stack.settings.environment.store.DATABASE_URL, CATALOGUE, 'fuzz');
  };
  await stack.start([
    stack.postgres(),
    stack.migrations(),
    stack.seedData(seed),
    stack.temporal(),
    stack.sandbox(),
    stack.mail(),
    stack.api(),
    stack.worker(),
  ]);
  return apiKey;
}
