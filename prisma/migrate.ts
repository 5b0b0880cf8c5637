/** `npm run migrate`: applies the migrations to DATABASE_URL. A short program, as the engine keeps its lock. */
import { runCommand } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';
import { databaseLimits } from '#libs/persistence/database/database-limits';

import { MIGRATE, resolvedFrom } from './migrate-command.js';
import { MigrationEngine } from './migrate-engine.js';

await runCommand(
  MIGRATE,
  async (line) => {
    const resolved = resolvedFrom(line);
    const { store, migration } = environmentFor(['store', 'migration']);
    const limits = { ...databaseLimits(store), statement: migration.MIGRATION_STATEMENT_TIMEOUT };
    const engine = await MigrationEngine.open(store.DATABASE_URL, limits);
    if (resolved) await engine.resolve(resolved);
    const applied = await engine.apply();
    console.log(
      applied.length > 0 ? applied.map((name) => `Applied ${name}`).join('\n') : 'Nothing to apply',
    );
  },
  (error) => (error instanceof Error ? error.message : undefined),
);
process.exit();
