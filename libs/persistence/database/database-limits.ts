/** How long the database is waited for. Milliseconds. */
export interface DatabaseLimits {
  /** For a connection: a free one, or a new one. */
  readonly connect: number;
  /** For a statement, the locks it waits for included. */
  readonly statement: number;
  /** For one lock. */
  readonly lock: number;
  /** How long a transaction may be idle between two statements. */
  readonly idleTransaction: number;
}

export const DEFAULT_LIMITS: DatabaseLimits = {
  connect: 5_000,
  statement: 5_000,
  lock: 2_000,
  idleTransaction: 10_000,
};

/** The settings as the environment has them. */
interface DatabaseSettings {
  readonly DATABASE_CONNECT_TIMEOUT: number;
  readonly DATABASE_STATEMENT_TIMEOUT: number;
  readonly DATABASE_LOCK_TIMEOUT: number;
  readonly DATABASE_IDLE_TRANSACTION_TIMEOUT: number;
}

export const databaseLimits = (settings: DatabaseSettings): DatabaseLimits => ({
  connect: settings.DATABASE_CONNECT_TIMEOUT,
  statement: settings.DATABASE_STATEMENT_TIMEOUT,
  lock: settings.DATABASE_LOCK_TIMEOUT,
  idleTransaction: settings.DATABASE_IDLE_TRANSACTION_TIMEOUT,
});
