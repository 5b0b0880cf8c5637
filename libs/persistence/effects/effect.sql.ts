import type { EffectToBegin, SettledEffect, Settlement, Unless } from '#libs/domain/order/effect';

import { Prisma } from '../generated/client.js';
import type { ChangeStatement } from '../orders/change-statement.js';

/** The columns of an `Effect`, but whether it is fresh. */
export const EFFECT = Prisma.sql`key, state, fence, try, request_hash AS "requestHash", provider_id AS "providerId", result`;

/** Whether an effect of the order `o` may begin. */
export const mayBegin = ({ statuses = [], cancellation = false }: Unless) => Prisma.sql`
  o.status <> ALL(${[...statuses]}::text[])
    AND NOT (${cancellation} AND EXISTS (SELECT 1 FROM cancellation c WHERE c.order_id = o.id AND c.decided_at IS NULL))`;

/** Begins an effect with the change, and answers it, where it is begun by that. */
export function beginEffect(
  statement: ChangeStatement,
  { key, requestHash, unless = {} }: EffectToBegin,
): void {
  beginEffectOf(statement, { key, unless, requestHash: Prisma.sql`${requestHash}`, from: statement.changed });
}

/** The same. @param from a table expression of `o`, the changed order, on which the hash may depend */
export function beginEffectOf(
  statement: ChangeStatement,
  {
    key,
    requestHash,
    unless,
    from,
  }: { key: string; requestHash: Prisma.Sql; unless: Unless; from: Prisma.Sql },
): void {
  const begun = statement.also(
    'begun_effect',
    Prisma.sql`
      INSERT INTO effect (key, order_id, request_hash, state)
      SELECT ${key}, o.id, ${requestHash}, 'started' FROM ${from} o WHERE ${mayBegin(unless)}
      ON CONFLICT (key) DO NOTHING RETURNING ${EFFECT}, true AS fresh`,
  );
  statement.answer(Prisma.sql`(SELECT to_jsonb(b) FROM ${begun} b) AS "begunEffect"`);
}

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
