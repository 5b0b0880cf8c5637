import type { SettledEffect, Settlement } from '#libs/domain/order/effect';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** Only while the effect is started under the caller's fence, so that an attempt that was overtaken cannot write. */
export function requireSettlement(
  statement: ChangeStatement,
  { key, fence, settlement }: SettledEffect,
): void {
  const { state, providerId = null, result } = settlement;
  statement.claim(
    'settled',
    Prisma.sql`
      UPDATE effect e SET state = ${state}, settled_at = now(), provider_id = COALESCE(${providerId}, e.provider_id),
        result = ${result === undefined ? null : JSON.stringify(result)}::jsonb
      FROM ${statement.before} b WHERE e.key = ${key} AND e.state = 'started' AND e.fence = ${fence}
      RETURNING e.key`,
  );
}

/** Not once an effect has begun or was closed. */
export function requireUnbegun(statement: ChangeStatement, key: string): void {
  statement.check(
    'unbegun',
    Prisma.sql`
      SELECT b.id FROM ${statement.before} b WHERE NOT EXISTS (SELECT 1 FROM effect e WHERE e.key = ${key})`,
  );
}

/** Settles effects that another one has decided. */
export function settleOtherEffects(
  statement: ChangeStatement,
  { keys, state }: { readonly keys: readonly string[]; readonly state: Settlement['state'] },
): void {
  statement.also(
    'settled_others',
    Prisma.sql`
      UPDATE effect e SET state = ${state}, settled_at = now() FROM ${statement.changed}
      WHERE e.key = ANY(${[...keys]}) AND e.state = 'started'`,
  );
}
