import pg from 'pg';
import type Stripe from 'stripe';

import { eventually } from './eventually.js';
import { disagreements } from './gateway-books.js';
import type { Inbox } from './inbox.js';

/**
 * The invariants of an order system at rest, by number. Each is a query that returns what breaks it, so a
 * failing test names the order.
 */
const BROKEN: Readonly<Record<string, string>> = {
  '1 what was taken for an order that did not come about is on its way back, or with the bank': `
    SELECT o.id, o.status, o.payment, b.owed FROM orders o JOIN booked b USING (id)
    WHERE (o.status IN ('rejected', 'cancelled') OR (o.status = 'undelivered' AND o.closed_at IS NOT NULL))
      AND (b.owed > 0 OR o.payment IN ('requires_action', 'processing', 'authorizing', 'authorized', 'declined'))
      AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)`,
  '2 reserved is the sum of open reservations, and covered by what is there': `
    SELECT p.sku, p.on_hand, p.reserved FROM product p
    WHERE NOT (0 <= p.reserved AND p.reserved <= p.on_hand)
      OR p.reserved <> (SELECT COALESCE(sum(r.quantity), 0) FROM reservation r WHERE r.sku = p.sku AND r.state = 'open')`,
  '2 no stock is released before its intent is canceled or a full refund exists': `
    SELECT o.id, o.intent_status, b.owed FROM orders o JOIN booked b USING (id)
    WHERE o.fulfilment = 'released' AND o.intent_id IS NOT NULL AND o.intent_status IS DISTINCT FROM 'canceled'
      AND (o.intent_status IS DISTINCT FROM 'captured' OR b.owed > 0
        OR EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND r.state = 'requested'))
      AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)`,
  '2 on hand is the sum of movements': `
    SELECT p.sku, p.on_hand FROM product p
    WHERE p.on_hand <> (SELECT COALESCE(sum(m.quantity), 0) FROM stock_movement m WHERE m.sku = p.sku)`,
  '3 a closed order has an end': `
    SELECT o.id, o.status FROM orders o
    WHERE o.closed_at IS NOT NULL AND o.status NOT IN ('rejected', 'cancelled', 'delivered', 'undelivered')`,
  '3 a request to cancel an order that has ended is decided': `
    SELECT o.id, o.status FROM cancellation w JOIN orders o ON o.id = w.order_id
    WHERE w.state = 'requested' AND o.status IN ('rejected', 'cancelled', 'delivered', 'undelivered')`,
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
      WHEN o.intent_status = 'declined' AND o.declined_attempt < o.attempt THEN 'authorizing'
      WHEN o.intent_status <> 'captured' THEN o.intent_status
      WHEN b.refunded = 0 THEN 'captured' WHEN b.refunded < b.captured THEN 'partially_refunded' ELSE 'refunded' END`,
  '7 each refund is booked as it stands': `
    SELECT r.order_id, r.id, r.state, f.facts FROM refund r CROSS JOIN LATERAL (
      SELECT COALESCE(string_agg(t.kind, ' ' ORDER BY t.kind) FILTER (WHERE t.amount = r.amount), '') AS facts
      FROM ledger_transaction t WHERE t.object_id = r.id::text) f
    WHERE NOT CASE r.state
      WHEN 'succeeded' THEN f.facts = 'refund_requested refund_succeeded'
      WHEN 'failed' THEN f.facts IN ('refund_failed refund_requested', 'refund_requested refund_reversed refund_succeeded')
      ELSE f.facts = 'refund_requested' END`,
  '7 no refund is booked that is unknown': `
    SELECT t.order_id, t.kind, t.object_id FROM ledger_transaction t
    WHERE t.kind IN ('refund_requested', 'refund_succeeded', 'refund_failed', 'refund_reversed')
      AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.id::text = t.object_id AND r.order_id = t.order_id)`,
  '7 a dispute has lost no more than its bank keeps': `
    SELECT * FROM (SELECT t.order_id, t.object_id,
        sum(CASE t.kind WHEN 'dispute_lost' THEN t.amount WHEN 'dispute_recovered' THEN -t.amount ELSE 0 END) AS lost,
        sum(CASE t.kind WHEN 'dispute_withdrawn' THEN t.amount WHEN 'dispute_reinstated' THEN -t.amount ELSE 0 END) AS kept
      FROM ledger_transaction t WHERE t.kind LIKE 'dispute%' GROUP BY 1, 2) d
    WHERE NOT (0 <= d.lost AND d.lost <= d.kept)`,
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

/** Orders that nothing will ever progress (3). Where no worker runs, all that were accepted. */
const STUCK = `
    SELECT o.id, o.status FROM orders o
    WHERE o.closed_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM order_wait w WHERE w.order_id = o.id AND COALESCE(w.deadline, w.next_try_at) IS NOT NULL)`;

/** Audited states that subscribers were not told (6); `authorizing` is told as the attempt that leads to it. */
const UNTOLD = `
    SELECT e.order_id, f.subject, s."to" FROM order_event e
    CROSS JOIN (VALUES ('status', 'order'), ('payment', 'payment')) f (field, subject)
    CROSS JOIN LATERAL (SELECT e.changes -> f.field ->> 'to' AS "to") s
    WHERE s."to" NOT IN ('pending', 'none', 'authorizing') AND NOT EXISTS (
      SELECT 1 FROM outbox_event v WHERE v.order_id = e.order_id AND v.type = f.subject || '.' || s."to"
        AND v.data -> 'order' ->> f.field = s."to")`;

/** Orders closed before the email about their end; emails may be refused, or skipped by an operator. */
const NOT_NOTIFIED = `
    SELECT o.id, o.status FROM orders o
    JOIN (VALUES ('delivered', 'delivery'), ('undelivered', 'undelivered'), ('cancelled', 'cancellation'),
      ('rejected', 'rejection')) k (status, kind) USING (status)
    WHERE o.closed_at IS NOT NULL
      AND EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.type = 'order.closed')
      AND NOT EXISTS (SELECT 1 FROM effect f WHERE f.key = o.id || ':email:' || k.kind AND f.state IN ('done', 'refused'))
      AND NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.step = 'notify' AND a.action = 'skip')`;

/** Money captured for each order that is neither refunded, nor being refunded, nor disputed. */
const BOOKED = `booked AS (SELECT o.id, COALESCE(sum(CASE
      WHEN t.kind IN ('captured', 'refund_failed', 'refund_reversed', 'dispute_reinstated') THEN t.amount
      WHEN t.kind IN ('refund_requested', 'refund_adopted', 'dispute_withdrawn') THEN -t.amount END), 0) AS owed
    FROM orders o LEFT JOIN ledger_transaction t ON t.order_id = o.id GROUP BY o.id)`;

/** Orders, and refunds, that still progress by themselves; so does a wait without a time, whose attempt is being made. */
const RESTLESS = `
  SELECT o.id FROM orders o
  WHERE NOT EXISTS (SELECT 1 FROM attention a WHERE a.order_id = o.id AND a.resolved_at IS NULL)
    AND ((o.closed_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM order_wait w WHERE w.order_id = o.id AND COALESCE(w.deadline, w.next_try_at) IS NOT NULL))
      OR EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND r.state = 'requested'))`;

/** What the orders are compared with, beside their own rows. */
export interface Records {
  /** The gateway's, where the books are to agree with them. */
  readonly stripe?: Stripe | undefined;
  readonly inbox?: Inbox | undefined;
  /** False where no worker runs, so that an order may still be without an end. */
  readonly isAtRest?: boolean;
  /** False where a release made changes that writes no events. */
  readonly isTold?: boolean;
}

/**
 * Checks what holds once every order is at rest: closed, or waiting for a known event.
 *
 * @throws Error naming the orders that are not at rest in time
 */
export async function checkAtRest(databaseUrl: string, records: Records = {}): Promise<void> {
  await connected(databaseUrl, async (client) => {
    await eventually(
      async () => (await client.query<{ id: string }>(RESTLESS)).rows.map(({ id }) => id),
      (restless) => restless.length === 0,
    );
    await check(client, records);
  });
}

/** @throws Error naming each invariant that is broken, with the rows that break it */
export async function checkInvariants(databaseUrl: string, records: Records = {}): Promise<void> {
  await connected(databaseUrl, (client) => check(client, records));
}

async function connected(databaseUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function check(
  client: pg.Client,
  { stripe, inbox, isAtRest = true, isTold = true }: Records,
): Promise<void> {
  const broken: string[] = [];
  const none = async (name: string, query: string) => {
    const { rows } = await client.query(`WITH ${BOOKED} ${query}`);
    if (rows.length > 0) broken.push(`${name}: ${JSON.stringify(rows.slice(0, 5))}`);
  };
  for (const [name, query] of Object.entries(BROKEN)) await none(name, query);
  if (isAtRest) await none('3 every order has one end, an open attention, or a wait with a deadline', STUCK);
  if (isTold) await none('6 each state that the audit trail leads to is told to subscribers', UNTOLD);
  if (stripe) broken.push(...(await disagreements(client, stripe)));
  if (inbox) {
    await none('4 closed, and no email sent', NOT_NOTIFIED);
    broken.push(...emailsSentTwice(inbox), ...(await unmeantMails(client, inbox)));
  }
  if (broken.length > 0) throw new Error(`broken invariants:\n${broken.join('\n')}`);
}

/** Emails to one address about one fact that a mailbox shows as two (4): a copy keeps its Message-ID. */
function emailsSentTwice({ mails }: Inbox): string[] {
  const emails = new Map<string, string | undefined>();
  // Two refunds of one amount have equal emails.
  const alike = (messageId: string | undefined) => messageId?.startsWith('<refund.');
  return mails.flatMap(({ to, subject, messageId }) => {
    if (alike(messageId)) return [];
    const email = JSON.stringify([[to ?? []].flat().map(({ text }) => text), subject]);
    if (!emails.has(email)) emails.set(email, messageId);
    const first = emails.get(email);
    return messageId !== undefined && messageId === first
      ? []
      : [`4 ${email} came as ${first} and as ${messageId}`];
  });
}

/** The statuses of an order in which an email is true, by its kind. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  confirmation: ['confirmed', 'shipped', 'delivered', 'cancelling', 'cancelled', 'undelivered'],
  shipped: ['shipped', 'delivered', 'undelivered'],
  delivery: ['delivered'],
  undelivered: ['undelivered'],
  cancellation: ['cancelled'],
  rejection: ['rejected'],
};

/** Orders with an email that is not true, or about a refund that does not exist (4). */
async function unmeantMails(client: pg.Client, { mails }: Inbox): Promise<string[]> {
  const named = mails.flatMap(({ messageId }) => {
    const [, kind = '', id = ''] = /^<(\w+)\.([0-9a-f-]{36})@/.exec(messageId ?? '') ?? [];
    return id === '' ? [] : [{ kind, id }];
  });
  const { rows } = await client.query<{ id: string; status: string }>(
    `SELECT id::text AS id, status FROM orders WHERE id = ANY($1::uuid[])
      UNION SELECT id::text, state FROM refund WHERE id = ANY($1::uuid[]) AND id NOT IN (SELECT id FROM orders)`,
    [named.map(({ id }) => id)],
  );
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  return named.flatMap(({ kind, id }) => {
    const status = statuses.get(id) ?? 'unknown';
    const isSo = kind === 'refund' ? status !== 'unknown' : (SAID[kind] ?? []).includes(status);
    return isSo ? [] : [`4 ${id} is ${status}, and its shopper was sent a mail of the kind ${kind}`];
  });
}
