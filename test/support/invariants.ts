import pg from 'pg';
import type Stripe from 'stripe';

import type { Inbox } from './inbox.js';

/**
 * The invariants of an order system at rest, by number. Each is a query that answers what breaks it, so a
 * failing test says which order it was.
 */
const BROKEN: Readonly<Record<string, string>> = {
  '1 captured money of an order that did not come about is refunded': `
    SELECT o.id, o.status, o.payment FROM orders o
    WHERE o.closed_at IS NOT NULL AND o.status IN ('rejected', 'cancelled', 'undelivered')
      AND o.payment NOT IN ('none', 'not_required', 'voided', 'refunded')
      AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)`,
  '2 reserved is the sum of open reservations, and covered by what is there': `
    SELECT p.sku, p.on_hand, p.reserved FROM product p
    WHERE NOT (0 <= p.reserved AND p.reserved <= p.on_hand)
      OR p.reserved <> (SELECT COALESCE(sum(r.quantity), 0) FROM reservation r WHERE r.sku = p.sku AND r.state = 'open')`,
  '2 no stock is released before its intent is canceled or its money is back': `
    SELECT o.id, o.payment FROM orders o
    WHERE o.fulfilment = 'released' AND o.payment IN ('authorized', 'processing', 'captured', 'requires_action')`,
  '2 on hand is the sum of movements': `
    SELECT p.sku, p.on_hand FROM product p
    WHERE p.on_hand <> (SELECT COALESCE(sum(m.quantity), 0) FROM stock_movement m WHERE m.sku = p.sku)`,
  '3 every order has one end, an open attention, or a wait with a deadline': `
    SELECT o.id, o.status FROM orders o
    WHERE o.closed_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM order_wait w WHERE w.order_id = o.id AND COALESCE(w.deadline, w.next_try_at) IS NOT NULL)`,
  '3 a closed order has an end': `
    SELECT o.id, o.status FROM orders o
    WHERE o.closed_at IS NOT NULL AND o.status NOT IN ('rejected', 'cancelled', 'delivered', 'undelivered')`,
  '5 an outside event is applied at most once': `
    SELECT order_id, changes ->> 'event' AS event FROM order_event
    WHERE changes ->> 'event' IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1`,
  '7 every transaction of the ledger sums to zero': `
    SELECT t.id, t.kind FROM ledger_transaction t LEFT JOIN ledger_entry e ON e.transaction_id = t.id
    GROUP BY t.id HAVING count(e) < 2 OR sum(e.amount) <> 0`,
  '7 payment is what the intent and the ledger say': `
    SELECT o.id, o.payment, o.intent_status, b.* FROM orders o
    CROSS JOIN LATERAL (SELECT
        COALESCE(sum(t.amount) FILTER (WHERE t.kind = 'captured'), 0) AS captured,
        COALESCE(sum(CASE t.kind WHEN 'refund_succeeded' THEN t.amount WHEN 'refund_adopted' THEN t.amount
          WHEN 'refund_reversed' THEN -t.amount END), 0) AS refunded
      FROM ledger_transaction t WHERE t.order_id = o.id) b
    WHERE o.payment <> CASE
      WHEN o.intent_status IS NULL THEN CASE WHEN o.payment = 'not_required' AND o.total = 0 THEN 'not_required' ELSE 'none' END
      WHEN o.intent_status = 'canceled' THEN 'voided'
      WHEN o.intent_status <> 'captured' THEN o.intent_status
      WHEN b.refunded = 0 THEN 'captured' WHEN b.refunded < b.captured THEN 'partially_refunded' ELSE 'refunded' END`,
  '7 nothing is refunded that was not captured': `
    SELECT e.order_id, e.owed FROM (
      SELECT t.order_id, sum(e.amount) AS owed FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
      WHERE e.account = 'customer_deposits' AND t.order_id IS NOT NULL GROUP BY t.order_id) e
    WHERE e.owed > 0`,
  '6 the audit trail leads to the state the order is in': `
    SELECT o.id, f.field, f.now, t.last FROM orders o
    CROSS JOIN LATERAL (VALUES ('status', o.status), ('payment', o.payment), ('fulfilment', o.fulfilment)) f (field, now)
    CROSS JOIN LATERAL (SELECT e.changes -> f.field ->> 'to' AS last FROM order_event e
      WHERE e.order_id = o.id AND e.changes ? f.field ORDER BY e.seq DESC LIMIT 1) t
    WHERE t.last IS DISTINCT FROM f.now`,
  '6 each state change begins where the one before ended': `
    SELECT order_id, field, "from", previous FROM (
      SELECT e.order_id, f.field, e.changes -> f.field ->> 'from' AS "from",
        lag(e.changes -> f.field ->> 'to') OVER (PARTITION BY e.order_id, f.field ORDER BY e.seq) AS previous
      FROM order_event e CROSS JOIN (VALUES ('status'), ('payment'), ('fulfilment')) f (field) WHERE e.changes ? f.field) c
    WHERE previous IS DISTINCT FROM "from"`,
};

/** @throws Error naming each invariant that is broken, with the rows that break it */
export async function checkInvariants(databaseUrl: string, stripe?: Stripe, inbox?: Inbox): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const broken: string[] = [];
    for (const [name, query] of Object.entries(BROKEN)) {
      const { rows } = await client.query(query);
      if (rows.length > 0) broken.push(`${name}: ${JSON.stringify(rows.slice(0, 5))}`);
    }
    if (stripe) broken.push(...(await disagreements(client, stripe)));
    if (inbox) broken.push(...lettersSentTwice(inbox));
    if (broken.length > 0) throw new Error(`broken invariants:\n${broken.join('\n')}`);
  } finally {
    await client.end();
  }
}

/** Letters to one address about one thing that a mailbox takes for two (4): a copy keeps its Message-ID. */
function lettersSentTwice({ mails }: Inbox): string[] {
  const letters = new Map<string, string | undefined>();
  return mails.flatMap(({ to, subject, messageId }) => {
    const letter = JSON.stringify([[to ?? []].flat().map(({ text }) => text), subject]);
    if (!letters.has(letter)) letters.set(letter, messageId);
    const first = letters.get(letter);
    return messageId !== undefined && messageId === first
      ? []
      : [`4 ${letter} came as ${first} and as ${messageId}`];
  });
}

/** Where the order rows and the gateway's own records differ (1 and 7). */
async function disagreements(client: pg.Client, stripe: Stripe): Promise<string[]> {
  const { rows } = await client.query<{
    id: string;
    payment: string;
    total: number;
    refunded: number;
    status: string;
    intent: string | null;
  }>(`SELECT o.id::text AS id, o.payment, o.total, o.status, o.intent_id AS intent,
      (SELECT COALESCE(sum(CASE t.kind WHEN 'refund_succeeded' THEN t.amount WHEN 'refund_adopted' THEN t.amount
        WHEN 'refund_reversed' THEN -t.amount END), 0)::int FROM ledger_transaction t WHERE t.order_id = o.id) AS refunded
    FROM orders o`);
  const orders = new Map(rows.map((row) => [row.id, row]));
  const succeeded = new Map<string, number>();
  const found: string[] = [];
  for await (const intent of stripe.paymentIntents.list({ limit: 100 })) {
    const order = orders.get(intent.metadata['orderId'] ?? '');
    if (!order) continue;
    if (intent.status === 'succeeded') {
      succeeded.set(order.id, (succeeded.get(order.id) ?? 0) + 1);
      if (intent.id !== order.intent) found.push(`1 ${order.id} was charged on ${intent.id}, not on its own`);
      if (intent.amount_received !== order.total)
        found.push(`7 ${order.id} was charged ${intent.amount_received}`);
      const refunds = await stripe.refunds.list({ payment_intent: intent.id });
      const refunded = refunds.data
        .filter((r) => r.status === 'succeeded')
        .reduce((sum, r) => sum + r.amount, 0);
      if (refunded !== order.refunded)
        found.push(
          `7 ${order.id} has ${order.refunded} refunded in its books, and ${refunded} at the gateway`,
        );
    } else if (intent.id === order.intent && (order.status === 'rejected' || order.status === 'cancelled')) {
      // A stray duplicate, made when the gateway had forgotten a key, need not be: it can never be paid.
      if (intent.status !== 'canceled')
        found.push(`1 ${order.id} is ${order.status} and its intent ${intent.status}`);
    }
  }
  for (const order of orders.values()) {
    const times = succeeded.get(order.id) ?? 0;
    const paid = ['captured', 'partially_refunded', 'refunded'].includes(order.payment);
    if (times > 1 || (times === 1) !== paid)
      found.push(`1 ${order.id} is ${order.payment}, charged ${times} times`);
  }
  return found;
}
