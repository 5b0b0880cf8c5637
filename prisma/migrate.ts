/** `npm run migrate`: applies the migrations to DATABASE_URL. A short program, as the engine keeps its lock. */
import { environmentFor } from '#libs/config/environment';
import { answerHelp } from '#libs/config/help';
import { databaseLimits } from '#libs/persistence/database/database-limits';

import { resolvedFrom, USAGE } from './migrate-arguments.js';
import { MigrationEngine } from './migrate-engine.js';

answerHelp(USAGE);
try {
  const resolved = resolvedFrom(process.argv.slice(2));
  const { store, migration } = environmentFor(['store', 'migration']);
  const limits = { ...databaseLimits(store), statement: migration.MIGRATION_STATEMENT_TIMEOUT };
  const engine = await MigrationEngine.open(store.DATABASE_URL, limits);
  if (resolved) await engine.resolve(resolved);
  const applied = await engine.apply();
  console.log(applied.length > 0 ? applied.map((name) => `Applied ${name}`).join('\n') : 'Nothing to apply');
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
