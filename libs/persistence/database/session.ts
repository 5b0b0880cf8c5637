import type pg from 'pg';

import { ExplainedError } from '#libs/explained-error';

import type { DatabaseLimits } from './database-limits.js';

/** What a session must be limited in, wherever that is set. */
const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const;

/** What every session of ours is set to. https://www.postgresql.org/docs/18/runtime-config-client.html */
const settingsFor = (limits: DatabaseLimits): Readonly<Record<string, string>> => ({
  statement_timeout: String(limits.statement),
  lock_timeout: String(limits.lock),
  idle_in_transaction_session_timeout: String(limits.idleTransaction),
  // So that the server closes a session of a machine that is gone. Seconds, then how often, then milliseconds.
  tcp_keepalives_idle: '30',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '60000',
  // Every statement finds its rows by key: planning it anew for its values costs a sixth of PostgreSQL's CPU for an
  // order, and never finds another plan.
  plan_cache_mode: 'force_generic_plan',
});

/** A pooler is in between, and nothing limits how long a statement behind it waits. */
export class UnlimitedPooler extends ExplainedError {
  override readonly name = 'UnlimitedPooler';

  /** @param whose the role, and the database, as written in a statement */
  constructor(
    missing: readonly string[],
    whose: { readonly role: string; readonly database: string },
    limits: DatabaseLimits,
  ) {
    const settings = settingsFor(limits);
    const who = `ALTER ROLE ${whose.role} IN DATABASE ${whose.database}`;
    const sets = missing.map((name) => `${who} SET ${name} = '${settings[name] ?? ''}ms';`);
    super(
      [
        'DATABASE_URL leads to a connection pooler such as PgBouncer, which does not pass time-outs on. Set them on the role,',
        "and have the pooler open its connections anew (PgBouncer's RECONNECT):",
        ...sets.map((set) => `  ${set}`),
      ].join('\n'),
    );
  }
}

interface Session {
  /** Whether a pooler is in between, which gives each transaction any free session. */
  readonly isPooled: boolean;
}

interface Row {
  readonly name: string;
  readonly value: string;
  readonly isDirect: boolean;
  readonly role: string;
  readonly database: string;
}

/**
 * Sets what a new session is limited by. Not when connecting, as poolers refuse settings there or drop them, and not
 * through a pooler: other clients would get the changed session.
 *
 * @throws UnlimitedPooler when a pooler is in between and the role's own settings limit nothing
 */
export async function prepareSession(client: pg.PoolClient, limits: DatabaseLimits): Promise<Session> {
  const settings = Object.entries(settingsFor(limits));
  // The server sends its process id when connecting; a pooler invents one.
  const processId: unknown = Reflect.get(client, 'processID');
  const { rows } = await client.query<Row>(
    `SELECT name, own.is_direct AS "isDirect", quote_ident(current_user) AS role,
       quote_ident(current_database()) AS database,
       CASE WHEN own.is_direct THEN set_config(name, value, false) ELSE current_setting(name) END AS value
     FROM (SELECT pg_backend_pid() = $1 AS is_direct) own, unnest($2::text[], $3::text[]) asked (name, value)`,
    [processId, settings.map(([name]) => name), settings.map(([, value]) => value)],
  );
  const isPooled = !rows.every(({ isDirect }) => isDirect);
  const missing = LIMITS.filter((limit) => rows.find(({ name }) => name === limit)?.value === '0');
  const [first] = rows;
  if (isPooled && first && missing.length > 0) throw new UnlimitedPooler(missing, first, limits);
  return { isPooled };
}
