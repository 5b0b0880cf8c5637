// Raw SQL: requests read their key.
import { createHash, randomBytes } from 'node:crypto';

import type { Database } from '../database/database.js';
import { Prisma } from '../generated/client.js';

export const SCOPES = ['write', 'read', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** The caller: the service a key was made for, so that keys can be rotated, or a person; and which key or session it used. */
export interface Principal {
  readonly service: string;
  readonly scopes: readonly Scope[];
  readonly credentialId: string;
}

export interface ApiKeyRecord extends Omit<Principal, 'credentialId'> {
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

const WORKS = Prisma.sql`revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`;

/** Keys to the API. A key is 32 random bytes, so a plain SHA-256 keeps it safe at rest. */
export class ApiKeyRepository {
  constructor(private readonly db: Database) {}

  /**
   * @param expiresAt when it stops working by itself; null for never
   * @returns the key itself, which is not kept
   */
  async create(service: string, scopes: readonly Scope[], expiresAt: Date | null = null): Promise<string> {
    const key = `op_${randomBytes(32).toString('base64url')}`;
    await this.db.apiKey.create({ data: { service, scopes: [...scopes], hash: hash(key), expiresAt } });
    return key;
  }

  /** The holder of a key that is known, not expired and not revoked. */
  async authenticate(key: string): Promise<Principal | null> {
    const [found] = await this.db.$queryRaw<Principal[]>`
      SELECT service, scopes, id::text AS "credentialId" FROM api_key WHERE hash = ${hash(key)} AND ${WORKS}`;
    return found ?? null;
  }

  /** Which of these keys still work. @param ids of keys */
  async working(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.db.$queryRaw<{ id: string }[]>`
      SELECT id::text AS id FROM api_key WHERE id = ANY(${[...ids]}::uuid[]) AND ${WORKS}`;
    return new Set(rows.map(({ id }) => id));
  }

  async list(): Promise<ApiKeyRecord[]> {
    const keys = await this.db.apiKey.findMany({ orderBy: { createdAt: 'asc' }, omit: { hash: true } });
    return keys.map((key) => ({ ...key, scopes: SCOPES.filter((scope) => key.scopes.includes(scope)) }));
  }

  /** @returns false when there is no such key, or it was revoked before */
  async revoke(id: string): Promise<boolean> {
    return (
      (await this.db.$executeRaw`
      UPDATE api_key SET revoked_at = now() WHERE id::text = ${id} AND revoked_at IS NULL`) > 0
    );
  }
}

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
