// Raw SQL: leases are taken by one statement, and compared with the database's clock.
import type { Database } from '../database/database.js';

/** An item of a duty of the sweeper that is left alone for now, or was. */
export interface SweepLease {
  readonly key: string;
  /** Whether its time has not passed. */
  readonly isHeld: boolean;
}

/** Which items of the sweeper a worker processes, or failed to: no worker takes them again before their time. */
export class SweepLeaseRepository {
  constructor(private readonly db: Database) {}

  /** Those of a duty, the one that was tried first before the others. */
  async of(duty: string): Promise<SweepLease[]> {
    return this.db.$queryRaw<SweepLease[]>`
      SELECT key, until > now() AS "isHeld" FROM sweep_lease WHERE duty = ${duty} ORDER BY tried_at NULLS FIRST, key`;
  }

  /** @param time milliseconds @returns the keys that no other worker holds, and this one does from now on */
  async take(duty: string, keys: readonly string[], time: number): Promise<string[]> {
    // In one order, so that two workers do not wait for each other.
    const rows = await this.db.$queryRaw<{ key: string }[]>`
      INSERT INTO sweep_lease AS l (duty, key, until)
      SELECT ${duty}, k.key, now() + ${time} * interval '1 millisecond'
      FROM (SELECT DISTINCT unnest(${[...keys]}::text[]) AS key ORDER BY key) k
      ON CONFLICT (duty, key) DO UPDATE SET until = EXCLUDED.until WHERE l.until <= now()
      RETURNING key`;
    return rows.map(({ key }) => key);
  }

  /** Gives back leases of items that are done. */
  async remove(duty: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.db
      .$executeRaw`DELETE FROM sweep_lease WHERE duty = ${duty} AND key = ANY(${[...keys]}::text[])`;
  }

  /** Gives back leases of items that were not tried this time; remembers those that were tried before. */
  async release(duty: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.db.$executeRaw`
      WITH never_tried AS (
        DELETE FROM sweep_lease WHERE duty = ${duty} AND key = ANY(${[...keys]}::text[]) AND tried_at IS NULL)
      UPDATE sweep_lease SET until = now()
      WHERE duty = ${duty} AND key = ANY(${[...keys]}::text[]) AND tried_at IS NOT NULL`;
  }

  /** Leaves items alone that were tried and are not done. @param time milliseconds */
  async defer(duty: string, keys: readonly string[], time: number): Promise<void> {
    if (keys.length === 0) return;
    await this.db.$executeRaw`
      UPDATE sweep_lease SET tried_at = now(), until = now() + ${time} * interval '1 millisecond'
      WHERE duty = ${duty} AND key = ANY(${[...keys]}::text[])`;
  }

  /** Removes what is left of items that another process has finished. */
  async removeForgotten(): Promise<void> {
    await this.db.$executeRaw`DELETE FROM sweep_lease WHERE until < now() - interval '1 hour'`;
  }
}
