import { pino } from 'pino';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  type Call,
  EffectJournal,
  type NextCall,
  refusalCode,
} from '../../apps/worker/activities/effect-journal.js';
import { Outage, Refusal } from '#libs/domain/order/failure';
import type { Begun } from '#libs/persistence/effects/effect.repository';
import type { OrderRecord } from '#libs/persistence/orders/order-record';
import type { Settlement } from '#libs/domain/order/effect';

import type { Bench } from './bench.js';
import { useBench } from './use-bench.js';

/** An outside system that performs a call once for each idempotency key, as payment providers do. */
class Provider {
  /** What was done, by idempotency key. */
  readonly done = new Map<string, string>();
  /** Every key a call came with. */
  readonly calls: string[] = [];
  asked = 0;
  /** What happens to the next calls instead of an answer, before or after the work is done. */
  readonly faults: { when: 'before' | 'after'; error: Error }[] = [];

  act(key: string): string {
    this.calls.push(key);
    const fault = this.faults.shift();
    if (fault?.when === 'before') throw fault.error;
    const id = this.done.get(key) ?? `done-${this.done.size + 1}`;
    this.done.set(key, id);
    if (fault) throw fault.error;
    return id;
  }

  ask(): string | null {
    this.asked += 1;
    return [...this.done.values()][0] ?? null;
  }
}

class Latch {
  open: () => void = () => undefined;
  readonly wait = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** A point at which one attempt waits until the test opens it. */
class Gate {
  private readonly entered = new Latch();
  private readonly opened = new Latch();

  async pass(): Promise<void> {
    this.entered.open();
    await this.opened.wait;
  }

  reached(): Promise<void> {
    return this.entered.wait;
  }

  open(): void {
    this.opened.open();
  }
}

describe('the journal of effects', () => {
  let bench: Bench;
  const lines: string[] = [];
  let journal: EffectJournal;
  let provider: Provider;
  let order: OrderRecord;
  let key: string;

  useBench((opened) => {
    bench = opened;
  });
  beforeAll(async () => {
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    journal = new EffectJournal(bench.store.effects, bench.store.orders, log);
  });
  beforeEach(async () => {
    provider = new Provider();
    ({ order } = await bench.labelled());
    key = `${order.id}:effect`;
  });

  const call = (changes: Partial<Call<string>> = {}): Call<string> => ({
    key,
    request: { amount: 100 },
    ask: async () => provider.ask(),
    act: async (idempotencyKey) => provider.act(idempotencyKey),
    outcome: (id) => ({
      settlement: { state: 'done', providerId: id, result: { id } },
      change: () => ({ event: { type: 'effect.done', actor: 'tests', details: { id } } }),
    }),
    ...changes,
  });
  const run = (changes?: Partial<Call<string>>): Promise<Settlement> => journal.run(order.id, call(changes));
  const facts = async () =>
    (await bench.eventTypes(order.id)).filter((type) => type.startsWith('effect.') || type === 'noted');
  const detections = () =>
    lines
      .map((line) => JSON.parse(line) as { effect?: string; orderId?: string; msg: string })
      .filter((line) => line.effect === key)
      .map(({ msg }) => msg);
  const DETECTED = () => `Idempotency detected: ${key} already processed`;
  const row = () => bench.store.effects.find(key);

  it('makes a call once, however often it is requested, and answers the same', async () => {
    const first = await run();
    expect(first).toEqual({ state: 'done', providerId: 'done-1', result: { id: 'done-1' } });
    expect(detections()).toEqual([]);

    expect(await run()).toEqual(first);
    expect(await run()).toEqual(first);
    expect(provider.calls).toEqual([key]);
    expect(await facts()).toEqual(['effect.done']);
    expect(detections()).toEqual([DETECTED(), DETECTED()]);
  });

  it('treats requests as equal whatever the order of their fields', async () => {
    await run({ request: { amount: 100, currency: 'EUR' } });
    await run({ request: { currency: 'EUR', amount: 100 } });
    expect(provider.calls).toHaveLength(1);
  });

  it('refuses another request under the same key, begun or settled', async () => {
    provider.faults.push({ when: 'before', error: new Outage('timeout') });
    await expect(run()).rejects.toThrow('timeout');
    const other = { request: { amount: 200 } };
    await expect(run(other)).rejects.toThrow(`effect ${key} was started with another request`);
    await run();
    await expect(run(other)).rejects.toThrow(`effect ${key} was started with another request`);
    expect(provider.calls).toHaveLength(2);
  });

  it('writes its fact on the order as it is by then, not as it was read', async () => {
    await run({
      act: async (idempotencyKey) => {
        await bench.store.orders.change(order, () => ({
          next: { status: 'shipped', fulfilment: 'shipped' },
          event: { type: 'shipment.picked_up', actor: 'carrier' },
        }));
        return provider.act(idempotencyKey);
      },
    });
    expect(await facts()).toEqual(['effect.done']);
    expect(await bench.order(order.id)).toMatchObject({ status: 'shipped' });
    expect(await row()).toMatchObject({ state: 'done' });
  });

  describe('after an attempt that ended in doubt', () => {
    it('records what had happened, without doing it again', async () => {
      provider.faults.push({ when: 'after', error: new Outage('timeout') });
      await expect(run()).rejects.toThrow(Outage);
      expect(await facts()).toEqual([]);
      expect(await row()).toMatchObject({ state: 'started' });

      expect(await run()).toMatchObject({ state: 'done', providerId: 'done-1' });
      expect(provider.calls).toEqual([key]);
      expect(await facts()).toEqual(['effect.done']);
      expect(detections()).toEqual([DETECTED()]);
    });

    it('does the same after an unexpected failure, such as the end of the process', async () => {
      provider.faults.push({ when: 'after', error: new TypeError('cannot read') });
      await expect(run()).rejects.toThrow(TypeError);
      await run();
      expect(provider.calls).toEqual([key]);
      expect(await facts()).toEqual(['effect.done']);
    });

    it('does it under the same idempotency key when it had not happened', async () => {
      provider.faults.push({ when: 'before', error: new Outage('timeout') });
      await expect(run()).rejects.toThrow(Outage);
      expect(await run()).toMatchObject({ state: 'done' });
      expect(provider.asked).toBe(1);
      expect(provider.calls).toEqual([key, key]);
      expect(detections()).toEqual([]);
    });

    it('relies on the idempotency key where the provider cannot be asked', async () => {
      provider.faults.push({ when: 'after', error: new Outage('timeout') });
      await expect(run({ ask: undefined })).rejects.toThrow(Outage);
      await run({ ask: undefined });
      expect(provider.calls).toEqual([key, key]);
      expect(provider.done.size).toBe(1);
      expect(await facts()).toEqual(['effect.done']);
    });

    it('stays in doubt while the provider is unreachable', async () => {
      provider.faults.push({ when: 'after', error: new Outage('timeout') });
      await expect(run()).rejects.toThrow(Outage);
      const ask = () => Promise.reject(new Outage('unreachable'));
      await expect(run({ ask })).rejects.toThrow('unreachable');
      expect(provider.calls).toHaveLength(1);
      expect(await row()).toMatchObject({ state: 'started' });
    });
  });

  it('does not treat a refused lookup of a call as a refusal of the call', async () => {
    provider.faults.push({ when: 'after', error: new Outage('timeout') });
    await expect(run()).rejects.toThrow('timeout');
    const ask = () => Promise.reject(new Refusal('not_found'));
    await expect(run({ ask })).rejects.toMatchObject({ name: 'Outage', code: 'not_found' });
    expect(await row()).toMatchObject({ state: 'started' });
    expect(await facts()).toEqual([]);
  });

  describe('after a failure that the provider keeps under the idempotency key', () => {
    const spent = () => new Outage('server_error', { keyConsumed: true });

    it('uses a fresh key for each further try, and stores it before it is used', async () => {
      provider.faults.push({ when: 'before', error: spent() }, { when: 'before', error: spent() });
      await expect(run()).rejects.toThrow('server_error');
      expect(await row()).toMatchObject({ state: 'started', try: 2 });
      await expect(run()).rejects.toThrow('server_error');
      await run();
      expect(provider.calls).toEqual([key, `${key}:2`, `${key}:3`]);
      expect(provider.done.size).toBe(1);
      expect(await facts()).toEqual(['effect.done']);
    });

    it('does not try at all when it turns out to have happened', async () => {
      provider.faults.push({ when: 'after', error: spent() });
      await expect(run()).rejects.toThrow('server_error');
      await run();
      expect(provider.calls).toEqual([key]);
    });

    it('keeps the key where only an operator may change it', async () => {
      provider.faults.push({ when: 'before', error: spent() });
      await expect(run({ keepsIdempotencyKey: true })).rejects.toThrow('server_error');
      await run({ keepsIdempotencyKey: true });
      expect(provider.calls).toEqual([key, key]);
    });
  });

  describe('with two attempts at once', () => {
    it('lets only the later one write, though the earlier one comes back first', async () => {
      const first = new Gate();
      const second = new Gate();
      const attempt = (gate: Gate) =>
        run({
          act: async (idempotencyKey) => {
            const id = provider.act(idempotencyKey);
            await gate.pass();
            return id;
          },
          // The first call is still on its way: the provider has not received it.
          ask: async () => null,
        });
      const overtaken = attempt(first);
      await first.reached();
      const winner = attempt(second);
      await second.reached();
      first.open();
      await expect(overtaken).rejects.toMatchObject({ name: 'Outage', code: 'superseded' });
      expect(await facts()).toEqual([]);
      second.open();
      expect(await winner).toMatchObject({ state: 'done', providerId: 'done-1' });

      expect(await facts()).toEqual(['effect.done']);
      expect(provider.calls).toEqual([key, key]);
      expect(provider.done.size).toBe(1);
      expect(await row()).toMatchObject({ state: 'done', fence: 2 });
    });

    it('lets only the later one write, when the earlier one comes back last', async () => {
      const gate = new Gate();
      const slow = run({
        act: async (idempotencyKey) => {
          await gate.pass();
          return provider.act(idempotencyKey);
        },
      });
      await gate.reached();
      const settled = await run();
      gate.open();
      await expect(slow).rejects.toMatchObject({ code: 'superseded' });
      expect(await run()).toEqual(settled);
      expect(await facts()).toEqual(['effect.done']);
    });

    it('does not let an overtaken one use up the idempotency key of the other', async () => {
      const gate = new Gate();
      const slow = run({
        act: async () => {
          await gate.pass();
          throw new Outage('server_error', { keyConsumed: true });
        },
      });
      await gate.reached();
      provider.faults.push({ when: 'before', error: new Outage('timeout') });
      await expect(run()).rejects.toThrow('timeout');
      gate.open();
      await expect(slow).rejects.toThrow('server_error');
      await run();
      expect(provider.calls).toEqual([key, key]);
    });

    it('lets no overtaken refusal be written either', async () => {
      const gate = new Gate();
      const slow = run({
        act: async () => {
          await gate.pass();
          throw new Refusal('no');
        },
      });
      await gate.reached();
      await run();
      gate.open();
      await expect(slow).rejects.toMatchObject({ code: 'superseded' });
      expect(await facts()).toEqual(['effect.done']);
      expect(await row()).toMatchObject({ state: 'done' });
    });

    it('writes one fact however many attempts there are', async () => {
      const answers = await Promise.allSettled(Array.from({ length: 10 }, () => run()));
      const codes = answers.flatMap((a) => (a.status === 'rejected' ? [(a.reason as Outage).code] : []));
      expect(codes.filter((code) => code !== 'superseded')).toEqual([]);
      await run();
      expect(await facts()).toEqual(['effect.done']);
      expect(provider.done.size).toBe(1);
    });
  });

  describe('before another call that follows at once', () => {
    const nextKey = () => `${order.id}:next`;
    const next = (unless?: NextCall['unless']): NextCall => ({
      key: nextKey(),
      request: { amount: 7 },
      unless,
    });
    /** The first call, which names the second. */
    const before = (following = next()) =>
      journal.runAndBegin(
        order.id,
        call({
          outcome: (id) => ({
            settlement: { state: 'done', providerId: id },
            change: () => ({
              intentId: `pi_${order.id}`,
              event: { type: 'effect.done', actor: 'tests', details: { id } },
            }),
            next: following,
          }),
        }),
      );
    const second = (begun: Begun | null, ask = async (): Promise<string | null> => null) =>
      journal.run(order.id, call({ ...next(), ask }), begun);
    const nextRow = () => bench.store.effects.find(nextKey());

    it('settles the one and begins the other by one statement, and knows the order after it', async () => {
      const { settled, next: begun } = await before();
      expect(settled).toMatchObject({ state: 'done' });
      expect(begun?.effect).toMatchObject({ key: nextKey(), state: 'started', fence: 1, fresh: true });
      const read = await bench.order(order.id);
      expect(begun?.order).toEqual({ ...read, updatedAt: begun?.order.updatedAt });
      expect(await second(begun)).toMatchObject({ state: 'done' });
      expect(provider.calls).toEqual([key, nextKey()]);
      expect(await facts()).toEqual(['effect.done', 'effect.done']);
    });

    it('asks the provider first where the process has died before the other call, or with it', async () => {
      await before();
      let asked = 0;
      await second(null, async () => {
        asked += 1;
        return null;
      });
      expect(asked).toBe(1);
      expect(provider.calls).toEqual([key, nextKey()]);
      expect(await nextRow()).toMatchObject({ state: 'done', fence: 2 });
    });

    it('lets a late attempt write nothing that another one has taken over', async () => {
      const { next: begun } = await before();
      await second(null);
      await expect(second(begun)).rejects.toMatchObject({ code: 'superseded' });
      expect(await facts()).toEqual(['effect.done', 'effect.done']);
    });

    it('begins no other that a compensation has closed', async () => {
      await journal.close(order.id, nextKey());
      const { next: begun } = await before();
      expect(begun).toBeNull();
      await expect(second(begun)).rejects.toMatchObject({ name: 'Refusal', code: 'closed' });
      expect(provider.calls).toEqual([key]);
    });

    it('begins no other once a cancellation is requested, or the order has a status against it', async () => {
      await bench.store.cancellations.request(order, 'service:shop');
      expect((await before(next({ cancellation: true }))).next).toBeNull();
      expect(await nextRow()).toBeNull();
      key = `${order.id}:other`;
      expect((await before(next({ statuses: [order.status] }))).next).toBeNull();
      expect(await nextRow()).toBeNull();
    });

    it('begins no other where the first is refused, or was done before', async () => {
      provider.faults.push({ when: 'before', error: new Refusal('no') });
      expect(await before()).toMatchObject({ settled: { state: 'refused' }, next: null });
      expect(await before()).toMatchObject({ settled: { state: 'refused' }, next: null });
      expect(await nextRow()).toBeNull();
    });
  });

  describe('once a compensation has come', () => {
    it('never begins what had not begun', async () => {
      expect(await journal.close(order.id, key)).toMatchObject({ state: 'closed' });
      expect(await journal.close(order.id, key)).toMatchObject({ state: 'closed' });
      await expect(run()).rejects.toMatchObject({ name: 'Refusal', code: 'closed' });
      expect(provider.calls).toEqual([]);
      expect(await facts()).toEqual([]);
    });

    it('prevents a running attempt from writing, and leaves it to be resolved', async () => {
      const gate = new Gate();
      const late = run({
        act: async (idempotencyKey) => {
          const id = provider.act(idempotencyKey);
          await gate.pass();
          return id;
        },
      });
      await gate.reached();
      expect(await journal.close(order.id, key)).toMatchObject({ state: 'started', fence: 2 });
      gate.open();
      await expect(late).rejects.toMatchObject({ code: 'superseded' });
      expect(await facts()).toEqual([]);
      expect(await run()).toMatchObject({ state: 'done', providerId: 'done-1' });
      expect(provider.calls).toHaveLength(1);
    });

    it('leaves a settled effect as it is', async () => {
      const settled = await run();
      expect(await journal.close(order.id, key)).toMatchObject({ state: 'done', fence: 1 });
      expect(await run()).toEqual(settled);
    });
  });

  describe('of a call that is refused', () => {
    const refuse = () => provider.faults.push({ when: 'before', error: new Refusal('address_unknown') });

    it('remembers the refusal, and does not ask again', async () => {
      refuse();
      const settled = await run();
      expect(settled).toMatchObject({ state: 'refused' });
      expect(refusalCode(settled)).toBe('address_unknown');

      const again = await run();
      expect(again).toMatchObject({ state: 'refused' });
      expect(refusalCode(again)).toBe('address_unknown');
      expect(provider.calls).toHaveLength(1);
      expect(provider.asked).toBe(0);
      expect(await facts()).toEqual(['effect.refused']);
      expect(detections()).toEqual([DETECTED()]);
    });

    it('writes the fact that the call names instead, if it names one', async () => {
      refuse();
      await run({ refused: (code) => ({ event: { type: 'noted', actor: 'tests', details: { code } } }) });
      expect(await facts()).toEqual(['noted']);
      expect((await bench.store.orders.events(order.id)).at(-1)?.changes).toEqual({
        code: 'address_unknown',
      });
    });
  });
});
