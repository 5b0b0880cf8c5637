// Raw SQL: a sign-in is one statement, and every request of a person reads its session.
import { createHash, randomBytes } from 'node:crypto';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';

/** Who an identity provider says a person is. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly roles: readonly string[];
}

/** For how long sessions last, in milliseconds. */
export interface SessionLimits {
  /** Without a request. */
  readonly idle: number;
  /** At the most. */
  readonly lifetime: number;
}

export interface SessionRecord {
  readonly id: string;
  readonly personId: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly expiresAt: Date;
}

/** How many sessions that ended a sign-in removes at most. */
const REMOVED_AT_ONCE = 100;
/** The share of the idle time after which a use is noted: not every request writes. */
const NOTED_AFTER = 0.1;

/** Sessions of people. A cookie is 32 random bytes, so a plain SHA-256 keeps it safe at rest, as with API keys. */
export class SessionRepository {
  constructor(private readonly db: Database) {}

  /**
   * Stores who signed in, and begins a session; that which the browser had before ends.
   *
   * @param previous the cookie of the session before; null for none
   * @returns the new session and its cookie, which is not kept
   */
  async begin(
    { issuer, subject, name, email, roles }: Identity,
    { lifetime }: SessionLimits,
    previous: string | null,
  ): Promise<{ cookie: string; session: SessionRecord }> {
    const cookie = randomBytes(32).toString('base64url');
    const [begun] = await this.db.$queryRaw<Pick<SessionRecord, 'id' | 'personId' | 'expiresAt'>[]>`
      WITH known AS (
        INSERT INTO person (issuer, subject) VALUES (${issuer}::text, ${subject}::text)
        ON CONFLICT (issuer, subject) DO UPDATE SET signed_in_at = now() RETURNING id),
      called AS (
        INSERT INTO person_profile (person_id, name, email) SELECT id, ${name}::text, ${email}::text FROM known
        ON CONFLICT (person_id) DO UPDATE SET name = excluded.name, email = excluded.email),
      left_over AS (
        SELECT id FROM console_session WHERE expires_at < now() LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED),
      removed AS (DELETE FROM console_session WHERE id IN (SELECT id FROM left_over)),
      replaced AS (DELETE FROM console_session WHERE hash = ${previous === null ? '' : hash(previous)}),
      begun AS (
        INSERT INTO console_session (hash, person_id, roles, expires_at)
        SELECT ${hash(cookie)}, id, ${[...roles]}::text[], now() + ${milliseconds(lifetime)} FROM known
        RETURNING id, person_id, expires_at)
      SELECT id::text AS id, person_id::text AS "personId", expires_at AS "expiresAt" FROM begun`;
    if (!begun) throw new Error('a session was not stored');
    return { cookie, session: { ...begun, name, email, roles } };
  }

  /** The session of a cookie, unless it is unknown, ended or idle for too long. Counts as a use of it. */
  async find(cookie: string, { idle }: SessionLimits): Promise<SessionRecord | null> {
    const [found] = await this.db.$queryRaw<(SessionRecord & { isNoted: boolean })[]>`
      SELECT s.id::text AS id, s.person_id::text AS "personId", p.name, p.email, s.roles, s.expires_at AS "expiresAt",
        s.used_at > now() - ${milliseconds(idle * NOTED_AFTER)} AS "isNoted"
      FROM console_session s LEFT JOIN person_profile p ON p.person_id = s.person_id
      WHERE s.hash = ${hash(cookie)} AND s.expires_at > now() AND s.used_at > now() - ${milliseconds(idle)}`;
    if (!found) return null;
    const { isNoted, ...session } = found;
    if (!isNoted)
      await this.db.$executeRaw`UPDATE console_session SET used_at = now() WHERE id = ${found.id}::uuid`;
    return session;
  }

  /** Which of these sessions go on. @param ids of sessions */
  async goingOn(ids: readonly string[], { idle }: SessionLimits): Promise<ReadonlySet<string>> {
    const rows = await this.db.$queryRaw<{ id: string }[]>`
      SELECT id::text AS id FROM console_session
      WHERE id = ANY(${[...ids]}::uuid[]) AND expires_at > now() AND used_at > now() - ${milliseconds(idle)}`;
    return new Set(rows.map(({ id }) => id));
  }

  async end(id: string): Promise<void> {
    await this.db.consoleSession.deleteMany({ where: { id } });
  }

  /** Ends every session of a person. @returns how many there were */
  async endAll(personId: string): Promise<number> {
    return (await this.db.consoleSession.deleteMany({ where: { personId } })).count;
  }
}

const hash = (cookie: string) => createHash('sha256').update(cookie).digest('hex');

const milliseconds = (count: number) =>
  Prisma.sql`${Math.round(count)}::double precision * interval '1 millisecond'`;
