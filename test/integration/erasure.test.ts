import { createHash, randomUUID } from 'node:crypto';

import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { describe, expect, it } from 'vitest';

import type { OrderId } from '#libs/domain/order/order-id';
import { chargeKey } from '#libs/domain/payment/payment-keys';
import type { Person } from '#libs/persistence/orders/erasure.repository';
import type { Customer, OrderRecord } from '#libs/persistence/orders/order-record';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';

import { tracesOf } from '../support/secrecy.js';
import { type Bench, carrierEvent } from './bench.js';
import { useBench } from './use-bench.js';

const BY = 'service:desk';
const ADDRESS = { line1: '3 Elderflower Row', city: 'Mousehole', postalCode: 'TR19 6QX', country: 'GB' };

/** A customer with a unique name and address. */
function newCustomer(id?: string): Customer {
  const name = `Barnaby-${randomUUID()}`;
  return { ...(id === undefined ? {} : { id }), name, email: `${name}@Example.com` };
}

describe('the erasure of a person', () => {
  let bench: Bench;
  useBench((opened) => {
    bench = opened;
  });

  const erase = (person: Person, request: ScopedIdempotencyKey | null = null, id = uuid()) =>
    bench.store.erasures.erase(person, { id, requestedBy: BY }, request);
  /** Of how many orders it was; null where it was not done. */
  const count = (answer: Awaited<ReturnType<typeof erase>>) =>
    typeof answer !== 'string' && 'orders' in answer ? answer.orders : null;
  const traces = (values: readonly string[]) => tracesOf(values, { databaseUrl: bench.databaseUrl });

  async function delivered(customer: Customer): Promise<{ id: OrderId; trackingNumber: string }> {
    const { id, trackingNumber } = await bench.labelled({ customer, billingAddress: ADDRESS });
    await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
    await bench.close(id, 'delivered');
    return { id, trackingNumber };
  }

  /** An order whose run was terminated, and which stays open. */
  async function abandoned(
    customer: Customer,
    reason = 'terminated',
  ): Promise<{ id: OrderId; attention: string }> {
    const { id } = await bench.accepted({ customer, policy: { declineWindow: 60_000 } });
    await bench.store.attention.flagClosedRun(await bench.order(id), reason);
    return { id, attention: (await bench.order(id)).attention[0]?.id ?? '' };
  }

  /** An order whose run does not go on. */
  async function stuck(customer: Customer): Promise<{ id: OrderId; attention: string }> {
    const { id } = await bench.accepted({ customer });
    await bench.store.orders.markStarted(id);
    await bench.store.attention.flagStuckRun(await bench.order(id), 'workflow_task_failing', 1);
    return { id, attention: (await bench.order(id)).attention[0]?.id ?? '' };
  }

  const acknowledge = async (id: OrderId, attention: string, note: string) =>
    bench.store.attention.resolve(await bench.order(id), attention, { action: 'acknowledge', note, by: BY });

  /** Money that moved without us, acknowledged with a note that names its customer. */
  async function noted(orderId: OrderId | null, note: string): Promise<string> {
    const { id } = await bench.database.discrepancy.create({
      data: {
        ...{
          kind: 'missing_refund',
          objectId: randomUUID(),
          orderId,
          expected: 5,
          found: 0,
          currency: 'EUR',
        },
        ...{ closedAt: new Date(), closedBy: BY, note },
      },
    });
    return id;
  }

  /** The data that must not change. */
  const facts = ({ customer: _c, shippingAddress: _a, paymentMethod: _m, ...order }: OrderRecord) => {
    const { version: _v, updatedAt: _u, ...rest } = order;
    return rest;
  };

  it.each([
    ['xn--e1afmkfd.xn--p1ai', 'пример.рф'],
    ['example.com', 'example.com'],
  ])('finds an address with a domain of another script in notes, as %s and as %s', async (wire, kept) => {
    const id = `c-${randomUUID()}`;
    const local = `a=${randomUUID()}`;
    await delivered({ id, name: `Ada-${randomUUID()}`, email: `${local}@${kept}` });
    const notes = [`Of ${local}@${wire}.`, `(${local.toUpperCase()}@${kept.toUpperCase()})`];
    const others = [`Of x${local}@${wire}`, `Of ${local}@${wire}.example`];
    for (const note of [...notes, ...others]) await noted(null, note);
    expect(count(await erase({ customerId: id }))).toBe(1);
    const left = await bench.database.discrepancy.findMany({
      where: { note: { contains: local, mode: 'insensitive' } },
    });
    expect(left.map(({ note }) => note ?? '').toSorted()).toEqual(others.toSorted());
  });

  it('leaves no personal data in any table, and every fact of what happened', async () => {
    const customer = newCustomer(`c-${randomUUID()}`);
    const { id } = await delivered(customer);
    const { database, store } = bench;
    const secret = { method: `pm_${randomUUID()}`, second: `pm_${randomUUID()}` };
    const hashed = (text: string) => createHash('sha256').update(`${text} ${customer.email}`).digest('hex');
    const [asked, charged] = [hashed('what was asked for'), hashed('what was charged')];
    await database.order.update({ where: { id }, data: { paymentMethod: secret.method } });
    await database.paymentAttempt.create({
      data: { orderId: id, attempt: 2, method: secret.second, requestedBy: BY },
    });
    await database.idempotencyKey.updateMany({ where: { orderId: id }, data: { requestHash: asked } });
    await store.effects.begin(id, chargeKey(id, 1), charged);
    await database.effect.update({ where: { key: chargeKey(id, 1) }, data: { state: 'done' } });
    await store.effects.begin(id, `${id}:refund:1`, 'of amounts alone');
    await database.effect.update({ where: { key: `${id}:refund:1` }, data: { state: 'done' } });
    await database.attention.create({
      data: {
        id: randomUUID(),
        orderId: id,
        kind: 'parked',
        reason: 'test',
        resolvedAt: new Date(),
        note: customer.name,
      },
    });
    await noted(id, `A call with ${customer.name}`);
    await noted(null, `Perhaps of ${customer.email.toUpperCase()}`);
    const other = await delivered(newCustomer());
    const unrelated = await noted(other.id, 'Another customer');
    await database.$executeRaw`ANALYZE`;

    const { method, second } = secret;
    const values = [customer.id ?? '', customer.name, customer.email, method, second, asked, charged];
    expect(new Set((await traces(values)).map((trace) => trace.split(' in ', 1)[0]))).toEqual(
      new Set(values),
    );
    const [before, trail] = [await bench.order(id), await store.orders.events(id)];
    const ledger = await store.ledger.ofOrder(id);

    const erasure = uuid();
    expect(await erase({ email: customer.email.toLowerCase() }, null, erasure)).toMatchObject({ orders: 1 });
    expect(await traces(values)).toEqual([]);
    const after = await bench.order(id);
    expect(after).toMatchObject({ customer: null, shippingAddress: null, paymentMethod: null });
    expect((await database.order.findUniqueOrThrow({ where: { id } })).billingAddress).toBeNull();
    expect(await store.attention.ofOrder(id)).toMatchObject([{ kind: 'parked', resolution: { note: null } }]);
    expect(facts(after)).toEqual(facts(before));
    expect(after.version).toBe(before.version + 1);
    expect(await store.ledger.ofOrder(id)).toEqual(ledger);
    const events = await store.orders.events(id);
    expect(events.slice(0, -1)).toEqual(trail);
    expect(events.at(-1)).toMatchObject({
      type: 'customer.erased',
      actor: BY,
      changes: { erasure },
    });
    // A refund request is repeated under its hash, which contains no personal data.
    expect(await store.effects.find(`${id}:refund:1`)).toMatchObject({ requestHash: 'of amounts alone' });
    expect(await bench.order(other.id)).toMatchObject({ customer: { name: expect.any(String) } });
    expect((await store.discrepancies.find(unrelated))?.note).toBe('Another customer');
  });

  it('by an id is of its orders, and by an address of every order that has it', async () => {
    const id = `c-${randomUUID()}`;
    const withId = newCustomer(id);
    const asGuest = { name: withId.name, email: withId.email.toUpperCase() };
    await delivered(withId);
    const guest = await delivered(asGuest);
    expect(await erase({ customerId: id })).toMatchObject({ orders: 1 });
    expect(await bench.order(guest.id)).toMatchObject({ customer: asGuest });
    await delivered(withId);
    expect(await erase({ email: withId.email })).toMatchObject({ orders: 2 });
    for (const filter of [{ customerId: id }, { email: withId.email }])
      expect(await bench.store.orders.list({ ...filter, limit: 10 })).toEqual([]);
  });

  it('again, or of an unknown customer, erases no orders, and is recorded all the same', async () => {
    const { email } = newCustomer();
    for (const id of [uuid(), uuid()]) {
      const erasure = await erase({ email }, null, id);
      expect(erasure).toMatchObject({ id, orders: 0 });
      expect(await bench.store.erasures.get(id)).toEqual(erasure);
    }
  });

  it('takes the notes that name the address, and none that has it in a longer one', async () => {
    const { email } = newCustomer();
    await delivered({ ...newCustomer(), email });
    const other = await delivered(newCustomer());
    const kept = [`jo${email}`, `a+${email}`, `${email}.example.org`, `${email}s`];
    const taken = [email, `<${email}>`, `Wrote to ${email.toUpperCase()}.`, `${email}, twice`];
    const notes = new Map<string, string>();
    for (const note of [...kept, ...taken]) notes.set(await noted(other.id, note), note);
    await erase({ email });
    const left = await bench.database.discrepancy.findMany({ where: { id: { in: [...notes.keys()] } } });
    expect(left.flatMap(({ note }) => note ?? []).toSorted()).toEqual(kept.toSorted());
  });

  it('makes a request about the person impossible to guess, and keeps requests about amounts', async () => {
    const customer = newCustomer();
    const { id } = await delivered(customer);
    const discrepancy = await noted(null, `Paid back to ${customer.email}`);
    const elsewhere = await noted(null, 'Another customer');
    const key = { principal: 'desk', requestHash: 'h' };
    const keys = [
      { ...key, operation: `POST /orders/${id}/refunds`, key: 'refund', orderId: id, resourceId: 'r' },
      { ...key, operation: `POST /orders/${id}/payment-attempts`, key: 'card', orderId: id, resourceId: '2' },
      {
        ...key,
        operation: `POST /reconciliation/discrepancies/${discrepancy}/acknowledgement`,
        key: 'note',
        resourceId: discrepancy,
      },
      {
        ...key,
        operation: `POST /reconciliation/discrepancies/${elsewhere}/acknowledgement`,
        key: 'other',
        resourceId: elsewhere,
      },
    ];
    await bench.database.idempotencyKey.createMany({ data: keys });
    await erase({ email: customer.email });
    const hashes = await Promise.all(
      keys.map(async (one) => (await bench.store.idempotencyKeys.find(one))?.requestHash),
    );
    expect(hashes).toEqual(['h', null, null, 'h']);
  });

  it('waits until every order has ended, and changes nothing before', async () => {
    const customer = newCustomer();
    const closed = await delivered(customer);
    const open = await Promise.all([bench.labelled({ customer }), bench.labelled({ customer })]);
    const before = await bench.database.order.findUniqueOrThrow({ where: { id: closed.id } });
    const request = { principal: 'desk', operation: 'erase', key: randomUUID(), requestHash: 'h' };
    expect(await erase({ email: customer.email }, request)).toEqual({
      inProgress: open.map(({ id }) => id).toSorted(),
    });
    expect(await bench.database.order.findUniqueOrThrow({ where: { id: closed.id } })).toEqual(before);
    expect(await bench.store.idempotencyKeys.find(request)).toBeNull();
    for (const { id, trackingNumber } of open) {
      await bench.store.inbox.receive(carrierEvent('shipment.delivered', trackingNumber));
      // The mail that it has arrived is still to be sent.
      expect(await erase({ email: customer.email }, request)).toHaveProperty('inProgress');
      await bench.close(id, 'delivered');
    }
    expect(await erase({ email: customer.email }, request)).toMatchObject({ orders: 3 });
  });

  it.each([
    ['is stuck', stuck],
    ['v0.1.0 found failing', (customer: Customer) => abandoned(customer, 'keeps_failing')],
  ])('waits for a run that %s, although it was acknowledged: it may resume', async (_, order) => {
    const customer = newCustomer();
    const { id, attention } = await order(customer);
    await acknowledge(id, attention, 'to be mended');
    expect(await erase({ email: customer.email })).toEqual({ inProgress: [id] });
    await bench.close(id, 'rejected');
    expect(await erase({ email: customer.email })).toMatchObject({ orders: 1 });
  });

  it('does not wait for a run that was acknowledged as gone', async () => {
    const customer = newCustomer();
    const { id, attention } = await abandoned(customer);
    expect(await erase({ email: customer.email })).toEqual({ inProgress: [id] });
    await acknowledge(id, attention, `${customer.name} was paid by hand`);
    expect(await erase({ email: customer.email })).toMatchObject({ orders: 1 });
    expect(await traces([customer.name])).toEqual([]);

    // It stores no personal data any more.
    await bench.store.effects.begin(id, chargeKey(id, 1), '');
    await bench.database.effect.update({ where: { key: chargeKey(id, 1) }, data: { state: 'refused' } });
    await bench.store.orders.change(await bench.order(id), () => ({
      intentStatus: 'declined',
      event: { type: 'payment.declined', actor: 'gateway' },
    }));
    const request = { principal: 'shop', operation: 'pay', key: randomUUID(), requestHash: 'h' };
    expect(
      await bench.store.paymentAttempts.request(await bench.order(id), request, { method: 'pm_new', by: BY }),
    ).toBe('not_possible');
    await bench.store.orders.change(await bench.order(id), () => ({
      intentStatus: 'canceled',
      event: { type: 'payment.voided', actor: 'gateway' },
    }));
    await bench.close(id, 'rejected');
  });

  it('is done once for many requests at once, by either name of the person', async () => {
    const customer = newCustomer(`c-${randomUUID()}`);
    const orders = await Promise.all(Array.from({ length: 5 }, () => delivered(customer)));
    const people = [{ email: customer.email }, { customerId: customer.id ?? '' }];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => erase(people[n % 2] ?? { email: '' })),
    );
    expect(answers.map(count).filter((number) => number !== 0)).toEqual([5]);
    for (const { id } of orders) {
      const types = await bench.eventTypes(id);
      expect(types.filter((type) => type === 'customer.erased')).toHaveLength(1);
    }
  });

  it('is of all orders or of none while others arrive and end', async () => {
    const customer = newCustomer();
    const person = { email: customer.email };
    const ids: OrderId[] = [];
    const arrivals = async () => {
      for (let n = 0; n < 8; n++) ids.push((await delivered(customer)).id);
    };
    let erased = 0;
    const erasures = async () => {
      do {
        const orders = count(await erase(person)) ?? 0;
        erased += orders;
      } while (ids.length < 8);
    };
    await Promise.all([arrivals(), erasures(), erasures()]);
    erased += count(await erase(person)) ?? 0;
    expect(erased).toBe(8);
    expect(await traces([customer.name])).toEqual([]);
    for (const id of ids)
      expect((await bench.eventTypes(id)).filter((type) => type === 'customer.erased')).toHaveLength(1);
  });

  it('sees what another transaction is about to write', async () => {
    const customer = newCustomer();
    const { id } = await delivered(customer);
    const other = new pg.Client({ connectionString: bench.databaseUrl });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT id FROM orders WHERE id = $1 FOR NO KEY UPDATE', [id]);
      const erasing = erase({ email: customer.email });
      await expect
        .poll(async () => (await other.query(`SELECT 1 FROM pg_locks WHERE NOT granted`)).rowCount)
        .toBeGreaterThan(0);
      const method = `pm_${randomUUID()}`;
      await other.query(
        `INSERT INTO payment_attempt (order_id, attempt, method, requested_by) VALUES ($1, 2, $2, 'x')`,
        [id, method],
      );
      await other.query('COMMIT');
      expect(await erasing).toMatchObject({ orders: 1 });
      expect(await traces([method, customer.name])).toEqual([]);
    } finally {
      await other.end();
    }
  });

  it('is done once under a key, and the key leads to it', async () => {
    const customer = newCustomer();
    await delivered(customer);
    const request = { principal: 'desk', operation: 'erase', key: randomUUID(), requestHash: 'h' };
    const ids = [uuid(), uuid()];
    expect(await erase({ email: customer.email }, request, ids[0])).toMatchObject({ orders: 1, id: ids[0] });
    await delivered(customer);
    expect(await erase({ email: customer.email }, request, ids[1])).toBe('key_taken');
    expect(await bench.store.idempotencyKeys.find(request)).toEqual({
      ...{ requestHash: 'h', orderId: null, resourceId: ids[0] },
    });
    expect(await bench.store.erasures.get(ids[0] ?? '')).toMatchObject({ orders: 1 });
    await expect(bench.store.erasures.get(ids[1] ?? '')).rejects.toThrow('no erasure');
    expect(await erase({ email: customer.email })).toMatchObject({ orders: 1 });
  });

  it('prevents no later fact', async () => {
    const customer = newCustomer();
    const { id, trackingNumber } = await delivered(customer);
    await erase({ email: customer.email });
    await bench.store.inbox.receive(carrierEvent('shipment.returned', trackingNumber));
    const order = await bench.order(id);
    expect(order).toMatchObject({ fulfilment: 'returned', status: 'delivered', customer: null });
    await bench.refund(order, 100);
    expect(await bench.order(id)).toMatchObject({ payment: 'partially_refunded', customer: null });
  });

  it.each(['customer_name', 'customer_email', 'shipping_address', 'payment_method'])(
    'is never partial: an order without its %s is refused',
    async (column) => {
      await delivered(newCustomer());
      await expect(
        bench.database.$executeRawUnsafe(
          `UPDATE orders SET ${column} = NULL WHERE customer_name IS NOT NULL`,
        ),
      ).rejects.toThrow(/orders_person/);
    },
  );
});
