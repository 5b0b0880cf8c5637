import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { describe, expect, it } from 'vitest';

import { failureCode, failureSentence, isContended, isUnreachable } from './database-failure.js';
import { DEFAULT_LIMITS } from './database-limits.js';
import { UnlimitedPooler } from './session.js';

const SECRET = 'ada@example.com';

/** PostgreSQL's own code, as Prisma passes it on: of a statement that stands alone, and within a transaction. */
const alone = (originalCode: string, kind = 'postgres') =>
  Object.assign(new Error(SECRET), { meta: { driverAdapterError: { cause: { kind, originalCode } } } });
const within = (code: string) =>
  new DriverAdapterError({
    ...{ kind: 'postgres', code, originalCode: code, severity: 'ERROR', message: SECRET },
    ...{ detail: undefined, column: undefined, hint: undefined },
  });
const network = (kind: string) =>
  Object.assign(new Error(SECRET), { meta: { driverAdapterError: { cause: { kind } } } });
const bare = (message: string) => new Error(message);
const coded = (code: string) => Object.assign(new Error(SECRET), { code });

/** What each failure means, and what the log may contain of it. */
const FAILURES: readonly [string, unknown, 'unreachable' | 'contended' | 'bug', string][] = [
  ['a connection that is refused', network('DatabaseNotReachable'), 'unreachable', 'DatabaseNotReachable'],
  ['a connection that is reset', network('ConnectionClosed'), 'unreachable', 'ConnectionClosed'],
  ['a connection that timed out', network('SocketTimeout'), 'unreachable', 'SocketTimeout'],
  ['a certificate that is not valid', network('TlsConnectionError'), 'unreachable', 'TlsConnectionError'],
  ['a name that cannot be looked up now', coded('EAI_AGAIN'), 'unreachable', 'EAI_AGAIN'],
  ['a host without a route', coded('EHOSTUNREACH'), 'unreachable', 'EHOSTUNREACH'],
  ['a connection closed while writing', coded('EPIPE'), 'unreachable', 'EPIPE'],
  ['a connection that is silent', bare('Query read timeout'), 'unreachable', 'no_answer'],
  [
    'a connection that broke',
    bare('Connection terminated unexpectedly'),
    'unreachable',
    'Connection terminated',
  ],
  [
    'a pool without a free connection',
    bare('timeout exceeded when trying to connect'),
    'unreachable',
    'timeout exceeded when trying to connect',
  ],
  [
    'a pool that is closed',
    bare('Cannot use a pool after calling end on the pool'),
    'unreachable',
    'Cannot use a pool after calling end',
  ],
  ['a transaction that found no connection', coded('P2028'), 'unreachable', 'P2028'],
  ['too many connections', alone('53300', 'TooManyConnections'), 'unreachable', '53300'],
  ['a full disk', alone('53100'), 'unreachable', '53100'],
  ['a disk that fails', alone('58030'), 'unreachable', '58030'],
  ['a server that starts up', within('57P03'), 'unreachable', '57P03'],
  ['a server that shuts down', alone('57P01'), 'unreachable', '57P01'],
  ['a standby', alone('25006'), 'unreachable', '25006'],
  ['a transaction that stood open', alone('25P03'), 'unreachable', '25P03'],
  ['a pooler that lost its server', alone('08P01'), 'unreachable', '08P01'],
  [
    'a pooler without time-outs',
    new UnlimitedPooler(['lock_timeout'], { role: 'orders', database: 'shop' }, DEFAULT_LIMITS),
    'unreachable',
    'UnlimitedPooler',
  ],
  ['a lock that is held', alone('55P03'), 'contended', '55P03'],
  ['the same within a transaction', within('55P03'), 'contended', '55P03'],
  ['a statement that took too long', alone('57014'), 'contended', '57014'],
  ['a deadlock', alone('40P01', 'TransactionWriteConflict'), 'contended', '40P01'],
  ['a serialization failure', alone('40001', 'TransactionWriteConflict'), 'contended', '40001'],
  ['a constraint', alone('23505', 'UniqueConstraintViolation'), 'bug', '23505'],
  ['a table that is missing', alone('42P01', 'TableDoesNotExist'), 'bug', '42P01'],
  ['a fault of the program', new TypeError(SECRET), 'bug', 'TypeError'],
  ['what is no error', SECRET, 'bug', 'unknown'],
];

describe('a failure of the database', () => {
  it.each(FAILURES)('%s', (_, failure, kind, code) => {
    expect([isUnreachable(failure), isContended(failure)]).toEqual([
      kind === 'unreachable',
      kind === 'contended',
    ]);
    expect(failureCode(failure)).toBe(code);
    expect(failureSentence(failure) === null).toBe(kind === 'bug');
  });

  it('tells a command’s caller what to set, where a pooler needs time-outs', () => {
    const sentence = failureSentence(
      new UnlimitedPooler(['lock_timeout'], { role: 'orders', database: 'shop' }, DEFAULT_LIMITS),
    );
    expect(sentence).toContain("ALTER ROLE orders IN DATABASE shop SET lock_timeout = '2000ms';");
  });
});
