import { createHash, randomBytes } from 'node:crypto';

import type { Database } from './database.js';

export const SCOPES = ['write', 'read', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is asking: the service a key was made for, not the key, so that keys can be rotated. */
export interface Principal {
  readonly service: string;
  readonly scopes: readonly Scope[];
}

export interface ApiKeyRecord extends Principal {
  readonly id: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** Keys to the API. A key is 32 random bytes, so a plain SHA-256 keeps it safe at rest. */
export class ApiKeyRepository {
  constructor(private readonly db: Database) {}

  /** @returns the key itself, which is not kept */
  async create(service: string, scopes: readonly Scope[]): Promise<string> {
    const key = `op_${randomBytes(32).toString('base64url')}`;
    await this.db.apiKey.create({ data: { service, scopes: [...scopes], hash: hash(key) } });
    return key;
  }

  /** The holder of a key that is known and not revoked. */
  async authenticate(key: string): Promise<Principal | null> {
    const [found] = await this.db.$queryRaw<Principal[]>`
      SELECT service, scopes FROM api_key WHERE hash = ${hash(key)} AND revoked_at IS NULL`;
    return found ?? null;
  }

  async list(): Promise<ApiKeyRecord[]> {
    return this.db.$queryRaw<ApiKeyRecord[]>`
      SELECT id::text AS id, service, scopes, created_at AS "createdAt", revoked_at AS "revokedAt"
      FROM api_key ORDER BY created_at`;
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
