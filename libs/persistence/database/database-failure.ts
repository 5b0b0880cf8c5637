import { isDriverAdapterError } from '@prisma/driver-adapter-utils';

import { UnlimitedPooler } from './session.js';
import { isSilence } from './silent-connection.js';

/** The data of a driver's failure: Prisma puts it into `meta`, in two shapes. */
interface Cause {
  readonly kind?: string;
  readonly originalCode?: string;
  readonly constraint?: { readonly index?: string };
}

/** The driver adapter's names for "not now". */
const UNREACHABLE_KINDS: readonly (string | undefined)[] = [
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'TlsConnectionError',
];

/**
 * PostgreSQL's classes 08 (connection lost), 53 (out of resources), 57P (shutting down, starting up) and 58 (the
 * server's disk), 25006 (a standby, as after a failover), 25P03 and 25P04 (a transaction stood open for too long).
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const UNREACHABLE_CODES = /^(08|53|57P0|58|25006|25P0[34])/;

/** Node's names for a network that does not carry, of those that the adapter does not know. */
const NETWORK_CODES = /^E(AI_AGAIN|CONNABORTED|HOSTDOWN|HOSTUNREACH|NETDOWN|NETUNREACH|PIPE)$/;

/** pg and its pool throw these bare, without a code. */
const UNREACHABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Query read timeout)/;

/** Prisma's code for a transaction that found no connection, or was not done in time. https://www.prisma.io/docs/orm/reference/error-reference#p2028 */
const NOT_IN_TIME = 'P2028';

/** Whether the database could not be reached, so that a later retry may help. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { kind, originalCode } = causeOf(error);
  const code = originalCode ?? codeOf(error) ?? '';
  return (
    error instanceof UnlimitedPooler ||
    code === NOT_IN_TIME ||
    UNREACHABLE_KINDS.includes(kind) ||
    UNREACHABLE_CODES.test(code) ||
    NETWORK_CODES.test(code) ||
    UNREACHABLE_MESSAGES.test(error.message)
  );
}

/**
 * A conflict with another transaction: two wrote the same or waited for each other (40001, 40P01), a lock was not
 * free in time (55P03), or a statement took too long, as one does that waits for several (57014). Nothing was
 * written.
 */
const CONTENDED_CODES = /^(40001|40P01|55P03|57014)$/;

export function isContended(error: unknown): boolean {
  return error instanceof Error && CONTENDED_CODES.test(causeOf(error).originalCode ?? codeOf(error) ?? '');
}

/**
 * A database that cannot be reached now is an outage. Its message is not passed on: it quotes values.
 *
 * @returns the outage's code; null for a failure that is none
 */
export function databaseOutage(error: unknown): string | null {
  if (isUnreachable(error)) return 'database_unreachable';
  return isContended(error) ? 'database_contended' : null;
}

/** The part of a failure for a log: a code of PostgreSQL, Node, Prisma or the driver, never a value. */
export function failureCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (isSilence(error)) return 'no_answer';
  const { kind, originalCode } = causeOf(error);
  return originalCode ?? codeOf(error) ?? kind ?? UNREACHABLE_MESSAGES.exec(error.message)?.[0] ?? error.name;
}

/** What a command prints about a failure for its caller; null where the fault is the command's own. */
export function failureSentence(error: unknown): string | null {
  if (error instanceof UnlimitedPooler) return error.message;
  if (isUnreachable(error)) return 'The database that DATABASE_URL names cannot be reached; is it running?';
  return isContended(error) ? 'Another change holds what this needs; try again in a moment.' : null;
}

const codeOf = (error: Error) => ('code' in error && typeof error.code === 'string' ? error.code : undefined);

/** Whether a row was refused because another has the number already. */
export const isOrderNumberTaken = (error: unknown): boolean => isTaken(error, 'orders_number_key');

/** Whether a row was refused because another order has the intent already. */
export const isIntentTaken = (error: unknown): boolean => isTaken(error, 'orders_intent_id_key');

function isTaken(error: unknown, index: string): boolean {
  if (!(error instanceof Error)) return false;
  const { kind, constraint } = causeOf(error);
  return kind === 'UniqueConstraintViolation' && constraint?.index === index;
}

function causeOf(error: Error): Cause {
  // Within a transaction, Prisma lets the driver's failure through as it is.
  if (isDriverAdapterError(error)) return { kind: error.cause.kind, originalCode: error.cause.originalCode };
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: Cause } } };
  return meta?.driverAdapterError?.cause ?? {};
}
