import { isDriverAdapterError } from '@prisma/driver-adapter-utils';

/** What of a driver's failure is known: Prisma hides it in `meta`, in two shapes. */
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
];

/** PostgreSQL's class 57P (shutting down, starting up), 08 (connection lost), 53 (out of resources), and 25006 (a standby, as after a failover). https://www.postgresql.org/docs/18/errcodes-appendix.html */
const UNREACHABLE_CODES = /^(57P0|08|53|25006)/;

/** pg and its pool throw these bare, without a code. */
const UNREACHABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Prisma's word for a transaction that found no connection, or was not done in time. https://www.prisma.io/docs/orm/reference/error-reference#p2028 */
const NOT_IN_TIME = 'P2028';

/** Whether the database could not be asked, so that asking later may help. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { kind, originalCode } = causeOf(error);
  return (
    ('code' in error && error.code === NOT_IN_TIME) ||
    UNREACHABLE_KINDS.includes(kind) ||
    UNREACHABLE_CODES.test(originalCode ?? '') ||
    UNREACHABLE_MESSAGES.test(error.message)
  );
}

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

/** Two transactions stood in each other's way and PostgreSQL gave one up: nothing was written. */
const CONTENDED_CODES = /^(40001|40P01|55P03)$/;

export function isContended(error: unknown): boolean {
  return error instanceof Error && CONTENDED_CODES.test(causeOf(error).originalCode ?? '');
}
