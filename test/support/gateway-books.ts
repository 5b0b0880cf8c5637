import type pg from 'pg';
import type Stripe from 'stripe';

interface OrderRow {
  readonly id: string;
  readonly payment: string;
  /** By the ledger. */
  readonly captured: number;
  readonly status: string;
  readonly intent: string | null;
  /** By the ledger. */
  readonly refunded: number;
  /** By the refunds that are known to exist at the gateway. */
  readonly pending: number;
}

const ORDERS = `
  SELECT o.id::text AS id, (SELECT COALESCE(sum(t.amount), 0)::float8 FROM ledger_transaction t
      WHERE t.order_id = o.id AND t.kind = 'captured') AS captured, o.payment, o.status, o.intent_id AS intent,
    (SELECT COALESCE(sum(CASE WHEN t.kind IN ('refund_succeeded', 'refund_adopted') THEN t.amount
        WHEN t.kind = 'refund_reversed' THEN -t.amount END), 0)::float8
      FROM ledger_transaction t WHERE t.order_id = o.id) AS refunded,
    (SELECT COALESCE(sum(r.amount), 0)::float8 FROM refund r WHERE r.order_id = o.id AND r.state = 'pending') AS pending
  FROM orders o`;

const PAID = ['captured', 'partially_refunded', 'refunded'];

/** Where the order rows and the gateway's own records differ (1 and 7). */
export async function disagreements(client: pg.Client, stripe: Stripe): Promise<string[]> {
  const { rows } = await client.query<OrderRow>(ORDERS);
  const orders = new Map(rows.map((row) => [row.id, row]));
  const succeeded = new Map<string, number>();
  const refunds = await refundsByIntent(stripe);
  const found: string[] = [];
  for await (const intent of stripe.paymentIntents.list({ limit: 100 })) {
    const order = orders.get(intent.metadata['orderId'] ?? '');
    if (!order) continue;
    if (intent.status === 'succeeded') {
      succeeded.set(order.id, (succeeded.get(order.id) ?? 0) + 1);
      if (intent.id !== order.intent) found.push(`1 ${order.id} was charged on ${intent.id}, not on its own`);
      if (intent.amount_received !== order.captured)
        found.push(`7 ${order.id} has ${order.captured} captured here, ${intent.amount_received} there`);
      found.push(...refundsThatDiffer(order, refunds.get(intent.id) ?? []));
    } else if (intent.id === order.intent && (order.status === 'rejected' || order.status === 'cancelled')) {
      // A duplicate, made when the gateway had forgotten a key, need not be: it can never be paid.
      if (intent.status !== 'canceled')
        found.push(`1 ${order.id} is ${order.status} and its intent ${intent.status}`);
    }
  }
  for (const order of orders.values()) {
    const times = succeeded.get(order.id) ?? 0;
    if (times > 1 || (times === 1) !== PAID.includes(order.payment))
      found.push(`1 ${order.id} is ${order.payment}, charged ${times} times`);
  }
  return found;
}

/** All refunds at the gateway. */
async function refundsByIntent(stripe: Stripe): Promise<ReadonlyMap<string, readonly Stripe.Refund[]>> {
  const refunds = new Map<string, Stripe.Refund[]>();
  for await (const refund of stripe.refunds.list({ limit: 100 })) {
    const { payment_intent: intent } = refund;
    const id = typeof intent === 'string' ? intent : (intent?.id ?? '');
    refunds.set(id, [...(refunds.get(id) ?? []), refund]);
  }
  return refunds;
}

function refundsThatDiffer({ id, refunded, pending }: OrderRow, refunds: readonly Stripe.Refund[]): string[] {
  const there = { succeeded: 0, pending: 0 };
  for (const { status, amount } of refunds) {
    if (status === 'succeeded') there.succeeded += amount;
    if (status === 'pending' || status === 'requires_action') there.pending += amount;
  }
  return there.succeeded === refunded && there.pending === pending
    ? []
    : [
        `7 ${id} has ${refunded} refunded and ${pending} pending here, ${there.succeeded} and ${there.pending} there`,
      ];
}
