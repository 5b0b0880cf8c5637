import fc from 'fast-check';

import { OrderView } from '#libs/contracts/http/order-view.api';
import { orderId } from '#libs/domain/order/order-id';

import { anyCard } from '../cards.js';
import { type Command, command } from '../command.js';
import { GOOD_NAMES, skuOf } from '../goods.js';
import { type Model, type ModelOrder, naturalEnd, totalOf, type OrderDraft } from '../model.js';
import type { Real } from '../real.js';
import { RULES } from '../rules.js';

const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const line = fc.record({
  good: fc.oneof(
    { weight: 16, arbitrary: fc.constantFrom('MUG', 'MUG', 'TEA', 'TEA', 'GIFT', 'LAST') },
    { weight: 1, arbitrary: fc.constantFrom(...GOOD_NAMES) },
  ),
  quantity: mostly(1, 2, 3),
});

export const orderDraft: fc.Arbitrary<OrderDraft> = fc.record({
  lines: fc.uniqueArray(line, { selector: ({ good }) => good, minLength: 1, maxLength: 3 }),
  method: anyCard,
  reachable: fc.oneof(
    { weight: 9, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  served: fc.oneof(
    { weight: 30, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
});

/** A shopper buys; their browser may send the order several times at once. */
export const placeOrder: fc.Arbitrary<Command> = fc
  .record({ draft: orderDraft, callers: mostly(1, 2, 3) })
  .map(({ draft, callers }) =>
    command(
      `${callers > 1 ? `${callers} callers at once place` : 'a shopper places'} an order: ${inWords(draft)}`,
      async (model, real) => void (await place(model, real, draft, callers)),
    ),
  );

/** The API dies during a request; its caller repeats it until there is an answer. */
export const placeOrderAtDyingApi: fc.Arbitrary<Command> = fc
  .record({ draft: orderDraft, after: fc.integer({ min: 0, max: 40 }) })
  .map(({ draft, after }) =>
    command(`the API dies ${after} ms after being sent an order: ${inWords(draft)}`, async (model, real) => {
      await real.isUp('api');
      const placed = place(model, real, draft, 1);
      const died = new Promise<void>((resolve) => setTimeout(resolve, after)).then(() => real.kill('api'));
      await died;
      real.startApi(real.rules);
      await placed;
    }),
  );

export async function place(
  model: Model,
  real: Real,
  draft: OrderDraft,
  callers: number,
): Promise<ModelOrder> {
  const name = `run-${model.run}-order-${model.done.length}`;
  const usual = real.system.body();
  // The same few customers in every run: their names are searched for in all logs and rows at the end.
  const customer = { ...usual.customer, email: `quillfeather-${model.orders.length}@example.com` };
  const body = real.system.body({
    customer,
    shippingAddress: {
      ...usual.shippingAddress,
      ...(draft.reachable ? {} : { postalCode: '00000' }),
      ...(draft.served ? {} : { country: 'FR', postalCode: '75001' }),
    },
    lines: draft.lines.map(({ good, quantity }) => ({ sku: skuOf(model.run, good), quantity })),
    payment: { method: draft.method },
  });
  const request = { key: name, body };
  const answers = await Promise.all(Array.from({ length: callers }, () => ask(real, request)));
  const ids = new Set<string>();
  for (const { status, text, body: order } of answers) {
    if (status !== 202) throw new Error(`POST /orders was answered ${status} ${text}`);
    ids.add(OrderView.parse(order).id);
  }
  if (ids.size !== 1) throw new Error(`one key was answered with ${ids.size} orders`);
  const { id, number, totals, lines } = OrderView.parse(answers[0]?.body);
  if (totals.total !== totalOf(draft))
    throw new Error(`an order of ${totalOf(draft)} was accepted at ${totals.total}`);
  const order: ModelOrder = {
    id: orderId(id),
    number,
    email: customer.email,
    request,
    draft,
    total: totals.total,
    lines,
    refunds: new Set(),
    mayEnd: new Set([
      naturalEnd(draft),
      ...('RESERVATION_TTL' in RULES[real.rules] ? (['rejected'] as const) : []),
    ]),
    mayLackMail: false,
    wasToBeCancelled: false,
    holdLapsed: false,
  };
  model.orders.push(order);
  return order;
}

/** Sends an order to the API until it is answered. */
export function ask(real: Real, { key, body }: { key: string; body: Readonly<Record<string, unknown>> }) {
  return real.ask(() => real.system.http.post('/orders').set('Idempotency-Key', key).send(body));
}

export function inWords({ lines, method, reachable, served }: OrderDraft): string {
  return [
    lines.map(({ good, quantity }) => `${quantity} × ${good}`).join(', '),
    method,
    ...(reachable ? [] : ['to an address the carrier refuses']),
    ...(served ? [] : ['to a country that is not served']),
  ].join(', ');
}
