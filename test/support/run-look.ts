import type { Database } from '#libs/persistence/database/database';

/**
 * Makes the sweeper's search for lost runs due, whatever the time of the last one. The time lies in the past because
 * the column keeps milliseconds: now() may be rounded up, and would then not be due to a search that follows at once.
 */
export const makeLookDue = (database: Pick<Database, '$executeRaw'>) =>
  database.$executeRaw`UPDATE run_look SET due_at = now() - interval '1 second'`;
