import { randomBytes, randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { OldRows } from '../../apps/worker/sweeper/old-rows.js';
import { encryptAnew } from '../../apps/worker/webhooks/create-webhook-sender.js';
import { EventView } from '#libs/contracts/http/event.api';
import type { ScopedIdempotencyKey } from '#libs/domain/order/idempotency-key';
import { FAILURES_BEFORE_PROBES, setback } from '#libs/domain/webhooks/endpoint-health';
import { FIGURES } from '#libs/persistence/figures/figure-statements';
import type {
  AttemptRecord,
  SettledDelivery,
  TakenDelivery,
  WebhookDelivery,
} from '#libs/persistence/webhooks/webhook-delivery.repository';
import { Store } from '#libs/persistence/store';
import { createLogger } from '#libs/telemetry/logger';
import { newWebhookSecret, SecretBox } from '#libs/webhooks/secret-box';

import { openTestDatabase } from '../support/test-database.js';
import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

const DAY = 86_400_000;
const TAKE = { limit: 100, perEndpoint: 3, lease: 30_000 };
const ALL = ['waiting', 'succeeded', 'failed'] as const;

let bench: Bench;
useBench((opened) => {
  bench = opened;
}, 'impossible rows');

const newBox = () => new SecretBox([randomBytes(32).toString('base64')]);
const box = newBox();
const request = (): ScopedIdempotencyKey => ({
  principal: 'tests',
  operation: 'POST /webhook-endpoints',
  key: randomUUID(),
  requestHash: '',
});

async function endpoint(events: readonly string[] = ['*']): Promise<string> {
  const id = randomUUID();
  await bench.store.webhookEndpoints.create(
    {
      id,
      url: 'https://shop.example/hooks',
      events,
      description: null,
      createdBy: 'tests',
      sealedSecret: box.seal(newWebhookSecret(), id),
    },
    request(),
  );
  return id;
}
async function sequenceAll(): Promise<void> {
  while ((await bench.store.events.sequence(100)).events > 0);
}
/** Events of a new order: it is placed, paid, confirmed, and gets its label. */
async function happens(): Promise<void> {
  await bench.labelled();
  await sequenceAll();
}
const deliveries = (id: string, states: readonly WebhookDelivery['state'][] = ALL) =>
  bench.store.webhookDeliveries.list(id, { states, limit: 200 });
const takenOf = (taken: readonly TakenDelivery[], id: string) =>
  taken.filter(({ endpointId }) => endpointId === id);
async function takeOne(id: string): Promise<TakenDelivery> {
  const [first] = takenOf(await bench.store.webhookDeliveries.take({ ...TAKE, perEndpoint: 1 }), id);
  if (!first) throw new Error('nothing is due');
  return first;
}

async function settle({ id, fence }: TakenDelivery, record: AttemptRecord): Promise<SettledDelivery | null> {
  const [settled] = await bench.store.webhookDeliveries.settle([{ taken: { id, fence }, ...record }]);
  return settled ?? null;
}

const delivered: AttemptRecord = {
  failure: null,
  status: 204,
  at: new Date(),
  duration: 12,
  answer: null,
  pause: null,
  setback: null,
};
function failed(taken: TakenDelivery, changes: Partial<AttemptRecord> = {}): AttemptRecord {
  const outcome = { failure: 'status', status: 500, retryAfter: null } as const;
  const health = { failures: taken.failures + 1, failingFor: taken.failingFor };
  return {
    ...delivered,
    ...outcome,
    answer: 'Internal Server Error',
    pause: 5_000,
    setback: setback({ ...outcome, status: changes.status ?? 500 }, health, 5 * DAY),
    ...changes,
  };
}

beforeEach(async () => {
  await sequenceAll();
  await bench.database.webhookEndpoint.deleteMany();
  await bench.database.webhookDelivery.deleteMany();
});

describe('while events get their places', () => {
  it('each is made a delivery to every enabled endpoint that is subscribed to it, once', async () => {
    const [all, orders, one, off] = [
      await endpoint(['*']),
      await endpoint(['order.*', 'order.placed']),
      await endpoint(['shipment.created']),
      await endpoint(['*']),
    ];
    await bench.store.webhookEndpoints.change(off, { status: 'disabled' });
    await bench.labelled();
    const results = await Promise.all(Array.from({ length: 5 }, () => bench.store.events.sequence(100)));
    await sequenceAll();
    expect(results.reduce((sum, { deliveries: made }) => sum + made, 0)).toBe(4 + 2 + 1);
    const typesOf = async (id: string) => (await deliveries(id)).map(({ type }) => type).toSorted();
    expect(await typesOf(all)).toEqual([
      'order.confirmed',
      'order.placed',
      'payment.captured',
      'shipment.created',
    ]);
    expect(await typesOf(orders)).toEqual(['order.confirmed', 'order.placed']);
    expect(await typesOf(one)).toEqual(['shipment.created']);
    expect(await typesOf(off)).toEqual([]);
  });

  it('none is made where no endpoint is subscribed', async () => {
    await bench.labelled();
    expect(await bench.store.events.sequence(100)).toEqual({ events: 4, deliveries: 0 });
  });
});

describe('what is due', () => {
  it('is taken with what is sent: the event as the stream tells it, and the secrets', async () => {
    const id = await endpoint();
    await happens();
    const taken = takenOf(await bench.store.webhookDeliveries.take({ ...TAKE, perEndpoint: 10 }), id);
    expect(taken).toHaveLength(4);
    const stream = (await bench.store.events.page({ limit: 200 }))?.events ?? [];
    for (const { payload, eventId, url, secrets } of taken) {
      const told = stream.find((event) => event.id === eventId);
      const { orderId: _, ...event } = told ?? { orderId: '' };
      expect(payload).toEqual(event);
      expect(EventView.parse(payload)).toEqual(payload);
      expect(url).toBe('https://shop.example/hooks');
      expect(secrets.map((sealed) => box.open(sealed, id))).toEqual([expect.stringMatching(/^whsec_/)]);
    }
  });

  it('is shared by workers, so many of an endpoint at the most in all of them together', async () => {
    const ids = [await endpoint(), await endpoint()];
    for (let order = 0; order < 5; order++) await happens();
    const stores = Array.from({ length: 6 }, () => new Store(openTestDatabase(bench.databaseUrl)));
    const taken: TakenDelivery[] = [];
    for (let round = 0; round < 4; round++)
      taken.push(...(await Promise.all(stores.map((store) => store.webhookDeliveries.take(TAKE)))).flat());
    await Promise.all(stores.map((store) => store.close()));
    for (const id of ids) {
      const own = takenOf(taken, id).map((each) => each.id);
      expect(own).toHaveLength(TAKE.perEndpoint);
      expect(new Set(own).size).toBe(own.length);
    }
  });

  it('is taken from the endpoints with the fewest in flight first', async () => {
    const [busy, free] = [await endpoint(['*']), await endpoint(['shipment.created'])];
    for (let order = 0; order < 3; order++) await happens();
    const taken = await bench.store.webhookDeliveries.take({ ...TAKE, limit: 4, perEndpoint: 10 });
    expect(takenOf(taken, busy)).toHaveLength(2);
    expect(takenOf(taken, free)).toHaveLength(2);
  });

  it('is taken over where a worker is gone, and what the other one says afterwards counts no more', async () => {
    const id = await endpoint(['order.placed']);
    await happens();
    const first = takenOf(await bench.store.webhookDeliveries.take({ ...TAKE, lease: -1 }), id);
    const again = await takeOne(id);
    expect(again).toMatchObject({ id: first[0]?.id, eventId: first[0]?.eventId, tries: 0 });
    expect(await settle(first[0] ?? again, delivered)).toBeNull();
    expect(await settle(again, delivered)).toMatchObject({ disabled: false });
    expect(await deliveries(id)).toMatchObject([{ state: 'succeeded', attempts: 1, nextAttemptAt: null }]);
  });

  it('is due again at once where it is given back', async () => {
    const id = await endpoint(['order.placed']);
    await happens();
    const taken = await takeOne(id);
    await bench.store.webhookDeliveries.release([taken]);
    expect(await takeOne(id)).toMatchObject({ id: taken.id, tries: 0 });
  });

  it('is found by an index, whatever waits for another endpoint', async () => {
    const id = await endpoint();
    await bench.database.$executeRaw`
      INSERT INTO webhook_delivery (endpoint_id, event_id, type)
      SELECT ${id}::uuid, uuidv7(), 'order.placed' FROM generate_series(1, 50000)`;
    await bench.database.$executeRaw`ANALYZE webhook_delivery`;
    const plan = await bench.plan((store) => store.webhookDeliveries.take(TAKE));
    expect(plan).toContain('webhook_delivery_due');
    expect(plan).not.toContain('Seq Scan on webhook_delivery');
    const since = performance.now();
    await bench.store.webhookDeliveries.take(TAKE);
    expect(performance.now() - since).toBeLessThan(500);
    const list = await bench.plan((store) =>
      store.webhookDeliveries.list(randomUUID(), { states: ALL, limit: 50 }),
    );
    expect(list).toContain('webhook_delivery_endpoint_id_state_id_idx');
  });
});

it('what was in flight before is passed over, vacuumed or not, and no table is read as a whole', async () => {
  const id = await endpoint(['order.placed']);
  await happens();
  const plan = await bench.plan((store) => store.webhookDeliveries.take(TAKE));
  expect(plan).toMatch(/Index (Only )?Scan using webhook_delivery_in_flight/);
  expect(plan).not.toContain('Bitmap Index Scan on webhook_delivery');
  expect(plan).not.toContain('Seq Scan on webhook_delivery');
  const settling = await bench.plan((store) =>
    store.webhookDeliveries.settle([{ taken: { id, fence: 1 }, ...delivered }]),
  );
  expect(settling).not.toContain('Seq Scan on webhook_delivery');
});

describe('an attempt', () => {
  it('that failed is repeated later, and recorded with what the receiver said', async () => {
    const id = await endpoint(['order.placed']);
    await happens();
    const first = await takeOne(id);
    await settle(first, failed(first));
    const [waiting] = await deliveries(id);
    expect(waiting).toMatchObject({
      state: 'waiting',
      attempts: 1,
      history: [{ number: 1, status: 500, failure: 'status', answer: 'Internal Server Error', duration: 12 }],
    });
    expect(Date.parse(waiting?.nextAttemptAt ?? '')).toBeGreaterThan(Date.now() + 3_000);
    expect(await bench.store.webhookDeliveries.take(TAKE)).toEqual([]);
    await bench.database.$executeRaw`UPDATE webhook_delivery SET due_at = now()`;
    const second = await takeOne(id);
    expect(second).toMatchObject({ eventId: first.eventId, tries: 1, failures: 1 });
    await settle(second, delivered);
    expect(await deliveries(id)).toMatchObject([{ state: 'succeeded', attempts: 2, nextAttemptAt: null }]);
    expect(await bench.store.webhookEndpoints.find(id)).toMatchObject({ failingSince: null });
  });

  it('that was the last of the schedule leaves the delivery failed, until it is asked for', async () => {
    const id = await endpoint(['order.placed']);
    await happens();
    const taken = await takeOne(id);
    await settle(taken, failed(taken, { pause: null }));
    expect(await deliveries(id, ['failed'])).toHaveLength(1);
    const key = request();
    expect(await bench.store.webhookDeliveries.redeliver(id, taken.id, key)).toBe(true);
    expect(await bench.store.webhookDeliveries.redeliver(id, taken.id, key)).toBe(false);
    expect(await takeOne(id)).toMatchObject({ eventId: taken.eventId, tries: 0, isReplayed: true });
  });
});

describe('attempts that end together', () => {
  const healthOf = async (id: string) => {
    const { failures, failingSince, resumesAt } = await bench.database.webhookEndpoint.findUniqueOrThrow({
      where: { id },
    });
    return { failures, isFailing: failingSince !== null, isPaused: resumesAt !== null };
  };
  const endTogether = async (id: string, ends: readonly ((taken: TakenDelivery) => AttemptRecord)[]) => {
    const taken = takenOf(await bench.store.webhookDeliveries.take({ ...TAKE, perEndpoint: 50 }), id);
    return bench.store.webhookDeliveries.settle(
      ends.flatMap((end, index) => {
        const one = taken[index];
        return one ? [{ taken: { id: one.id, fence: one.fence }, ...end(one) }] : [];
      }),
    );
  };

  it('are written by one statement, and count for their endpoint in the order in which they ended', async () => {
    const id = await endpoint();
    for (let order = 0; order < 2; order++) await happens();
    const wish = (taken: TakenDelivery) => failed(taken, { setback: { pause: 60_000, disables: null } });
    expect(await endTogether(id, [wish, failed, () => delivered, failed])).toHaveLength(4);
    expect(await healthOf(id)).toEqual({ failures: 1, isFailing: true, isPaused: false });
    expect(await deliveries(id, ['succeeded'])).toMatchObject([{ attempts: 1, history: [{ status: 204 }] }]);
    await bench.database
      .$executeRaw`UPDATE webhook_delivery SET due_at = now(), leased_until = NULL WHERE state = 'waiting'`;
    expect(await endTogether(id, [failed, wish])).toHaveLength(2);
    expect(await healthOf(id)).toEqual({ failures: 3, isFailing: true, isPaused: true });
    await bench.database.$executeRaw`UPDATE webhook_endpoint SET resumes_at = NULL`;
    await bench.database
      .$executeRaw`UPDATE webhook_delivery SET due_at = now(), leased_until = NULL WHERE state = 'waiting'`;
    expect(await endTogether(id, [failed, () => delivered])).toHaveLength(2);
    expect(await healthOf(id)).toEqual({ failures: 0, isFailing: false, isPaused: false });
  });

  it('of two workers, to the same endpoints, do not wait for each other in a circle', async () => {
    const ids = [await endpoint(), await endpoint(), await endpoint()];
    for (let order = 0; order < 10; order++) await happens();
    for (let round = 0; round < 5; round++) {
      const taken = await bench.store.webhookDeliveries.take({ ...TAKE, perEndpoint: 8 });
      const ended = taken.map((one) => ({ taken: { id: one.id, fence: one.fence }, ...failed(one) }));
      const parts = [0, 1, 2, 3].map((part) => ended.filter((_, index) => index % 4 === part));
      const written = await Promise.all(
        parts.map((part, index) =>
          bench.store.webhookDeliveries.settle(index % 2 === 0 ? part : part.toReversed()),
        ),
      );
      expect(written.flat()).toHaveLength(taken.length);
      await bench.database.$executeRaw`UPDATE webhook_endpoint SET failures = 0, resumes_at = NULL`;
    }
    for (const id of ids) expect(await healthOf(id)).toMatchObject({ isFailing: true });
  });

  it('say nothing about the endpoint where the event was gone', async () => {
    const id = await endpoint();
    await happens();
    const gone = { ...delivered, failure: 'event_gone', status: null } as const;
    expect(await endTogether(id, [() => gone, () => gone])).toHaveLength(2);
    expect(await deliveries(id, ['failed'])).toHaveLength(2);
    expect(await healthOf(id)).toEqual({ failures: 0, isFailing: false, isPaused: false });
  });
});

describe('an endpoint', () => {
  it('that only fails has one attempt at a time, after a pause, and all that waits once it delivers', async () => {
    const id = await endpoint();
    for (let order = 0; order < 3; order++) await happens();
    for (let failure = 0; failure < FAILURES_BEFORE_PROBES; failure++) {
      const taken = await takeOne(id);
      await settle(taken, failed(taken));
    }
    expect(await bench.store.webhookDeliveries.take(TAKE)).toEqual([]);
    await bench.database.$executeRaw`UPDATE webhook_endpoint SET resumes_at = now()`;
    const [probe, ...others] = takenOf(await bench.store.webhookDeliveries.take(TAKE), id);
    expect(others).toEqual([]);
    expect(await bench.store.webhookDeliveries.take(TAKE)).toEqual([]);
    if (probe) await settle(probe, delivered);
    expect(takenOf(await bench.store.webhookDeliveries.take(TAKE), id)).toHaveLength(TAKE.perEndpoint);
  });

  it('is disabled once it has failed for five days, keeps what waits, and goes on when it is enabled', async () => {
    const id = await endpoint();
    await happens();
    const first = await takeOne(id);
    await settle(first, failed(first));
    await bench.database.$executeRaw`
      UPDATE webhook_endpoint SET failing_since = now() - interval '5 days'`;
    const last = await takeOne(id);
    expect(await settle(last, failed(last))).toMatchObject({ disabled: true });
    expect(await bench.store.webhookEndpoints.find(id)).toMatchObject({
      status: 'disabled',
      disabledReason: 'failing',
      disabledAt: expect.any(String),
      failingSince: expect.any(String),
    });
    const counted = await bench.database.$queryRawUnsafe(FIGURES.webhookEndpoints);
    expect(counted).toEqual([{ state: 'disabled_failing', count: 1 }]);
    await happens();
    expect(await bench.store.webhookDeliveries.take(TAKE)).toEqual([]);
    expect(await deliveries(id)).toHaveLength(4);
    expect(await bench.store.webhookEndpoints.change(id, { status: 'enabled' })).toMatchObject({
      status: 'enabled',
      disabledReason: null,
      failingSince: null,
    });
    expect(takenOf(await bench.store.webhookDeliveries.take(TAKE), id)).toHaveLength(2);
  });

  it('is disabled at once when it says that it is gone', async () => {
    const id = await endpoint();
    await happens();
    const taken = await takeOne(id);
    expect(await settle(taken, failed(taken, { status: 410 }))).toMatchObject({
      disabled: true,
    });
    expect(await bench.store.webhookEndpoints.find(id)).toMatchObject({ disabledReason: 'gone' });
  });

  it('that is deleted leaves no secret, and is sent nothing more', async () => {
    const id = await endpoint();
    await happens();
    expect(await bench.store.webhookEndpoints.remove(id)).toBe(true);
    expect(await bench.store.webhookEndpoints.remove(id)).toBe(false);
    expect(await bench.database.webhookSecret.count({ where: { endpointId: id } })).toBe(0);
    expect(await bench.store.webhookDeliveries.take(TAKE)).toEqual([]);
  });
});

describe('a secret', () => {
  const secretsOf = async (id: string) => {
    await bench.store.webhookDeliveries.test(id, { id: randomUUID(), eventId: randomUUID() }, null);
    const [taken] = takenOf(await bench.store.webhookDeliveries.take({ ...TAKE, perEndpoint: 50 }), id);
    return taken?.secrets.map((sealed) => box.open(sealed, id));
  };
  const rotate = async (id: string, overlap: number, key = request()) => {
    const secret = newWebhookSecret();
    const answer = await bench.store.webhookEndpoints.rotate(
      id,
      { sealedSecret: box.seal(secret, id), overlap },
      key,
    );
    return { secret, answer };
  };

  it('is replaced by another one, and signed with beside it for a while', async () => {
    const id = await endpoint([]);
    const [first] = (await secretsOf(id)) ?? [];
    const { secret } = await rotate(id, DAY);
    expect(await secretsOf(id)).toEqual([secret, first]);
    await bench.database.$executeRaw`
      UPDATE webhook_secret SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL`;
    expect(await secretsOf(id)).toEqual([secret]);
    const next = await rotate(id, 0);
    expect(await secretsOf(id)).toEqual([next.secret]);
  });

  it('is replaced once for each request', async () => {
    const id = await endpoint([]);
    const key = request();
    expect([(await rotate(id, DAY, key)).answer, (await rotate(id, DAY, key)).answer]).toEqual([true, false]);
    expect(await secretsOf(id)).toHaveLength(2);
    expect((await rotate(randomUUID(), DAY)).answer).toBeNull();
  });

  it('is one of five at the most', async () => {
    const id = await endpoint([]);
    const made: string[] = [];
    for (let time = 0; time < 7; time++) made.unshift((await rotate(id, DAY)).secret);
    expect(await secretsOf(id)).toEqual(made.slice(0, 5));
  });

  it('is encrypted anew with the first key', async () => {
    const id = await endpoint([]);
    const [secret] = (await secretsOf(id)) ?? [];
    const [old, next] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    const sealed = new SecretBox([old]).seal(secret ?? '', id);
    await bench.database
      .$executeRaw`UPDATE webhook_secret SET sealed = ${sealed} WHERE endpoint_id = ${id}::uuid`;
    await encryptAnew(bench.store, new SecretBox([next, old]), createLogger('test', 'silent'));
    const [kept] = await bench.database.webhookSecret.findMany({ where: { endpointId: id } });
    expect(new SecretBox([next]).open(kept?.sealed ?? '', id)).toBe(secret);
  });
});

describe('a replay', () => {
  const replay = async (
    endpointId: string,
    asked: { since: Date; until?: Date; types?: 'order.placed'[] },
  ) => {
    const id = randomUUID();
    const { since, until = new Date(), types = [] } = asked;
    await bench.store.webhookReplays.request(
      { id, endpointId, since, until, types, requestedBy: 'tests' },
      request(),
    );
    return id;
  };
  const proceed = async () => {
    while ((await bench.store.webhookReplays.proceed(3)) !== null);
  };

  it('sends what an endpoint is subscribed to of a time again, once, whatever workers do at the same moment', async () => {
    const since = new Date();
    await happens();
    await happens();
    const until = new Date();
    await happens();
    const id = await endpoint(['order.*']);
    const replayId = await replay(id, { since, until });
    await Promise.all(Array.from({ length: 4 }, proceed));
    await proceed();
    const made = await deliveries(id);
    expect(made.map(({ type }) => type).toSorted()).toEqual([
      'order.confirmed',
      'order.confirmed',
      'order.placed',
      'order.placed',
    ]);
    expect(new Set(made.map(({ eventId }) => eventId)).size).toBe(4);
    expect(await bench.store.webhookReplays.find(id, replayId)).toMatchObject({
      deliveries: 4,
      finishedAt: expect.any(String),
    });
  });

  it('is of some types where they are named', async () => {
    const since = new Date();
    await happens();
    const id = await endpoint([]);
    await replay(id, { since, types: ['order.placed'] });
    await proceed();
    expect((await deliveries(id)).map(({ type }) => type)).toEqual(['order.placed']);
  });

  it('waits while a thousand deliveries wait for its endpoint, and while that is disabled', async () => {
    const since = new Date();
    await happens();
    const id = await endpoint([]);
    await bench.database.$executeRaw`
      INSERT INTO webhook_delivery (endpoint_id, event_id, type)
      SELECT ${id}::uuid, uuidv7(), 'order.placed' FROM generate_series(1, 1000)`;
    await replay(id, { since, types: ['order.placed'] });
    expect(await bench.store.webhookReplays.proceed(3)).toBeNull();
    await bench.database.webhookDelivery.deleteMany();
    await bench.store.webhookEndpoints.change(id, { status: 'disabled' });
    expect(await bench.store.webhookReplays.proceed(3)).toBeNull();
    await bench.store.webhookEndpoints.change(id, { status: 'enabled' });
    await proceed();
    expect(await deliveries(id)).toHaveLength(1);
  });
});

it('deliveries go with their attempts once they are past their age, but for those in flight', async () => {
  const id = await endpoint();
  await happens();
  const [flying, done] = await bench.store.webhookDeliveries.take({ ...TAKE, limit: 2 });
  if (done) await settle(done, delivered);
  await bench.database.$executeRaw`UPDATE webhook_delivery SET created_at = now() - interval '31 days'`;
  await bench.database.$executeRaw`UPDATE removal_pass SET due_at = now(), after = NULL`;
  const rows = new OldRows(
    bench.store.oldRows,
    { idempotency_key: 90 * DAY, inbox_event: 90 * DAY, outbox_event: 90 * DAY, webhook_delivery: 30 * DAY },
    createLogger('test', 'silent'),
  );
  await rows.remove(new AbortController().signal);
  expect((await deliveries(id)).map((each) => each.id)).toEqual([flying?.id]);
  expect(await bench.database.webhookAttempt.count()).toBe(0);
});
