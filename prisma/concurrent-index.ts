import type { ClientBase } from 'pg';

/** Whether a script is about an index that is built or dropped beside writes: then it is that one statement. */
export const isConcurrent = (script: string): boolean =>
  /\bINDEX\s+CONCURRENTLY\b/i.test(script.replaceAll(/--.*$/gm, ''));

/**
 * Runs such a statement. It blocks neither reads nor writes, so it may wait for the transactions before it for as long
 * as they take. What an interrupted attempt left is an index that is kept up and never used: it is dropped first.
 */
export async function runConcurrently(client: ClientBase, script: string): Promise<void> {
  await client.query('SET lock_timeout = 0');
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT i.indisvalid AND position(c.relname IN $1) > 0`,
      [script],
    );
    for (const { name } of rows) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    await client.query(script);
  } finally {
    await client.query('RESET lock_timeout');
  }
}
