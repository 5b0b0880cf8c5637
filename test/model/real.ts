import { WorkflowNotFoundError } from '@temporalio/client';
import type { Response, Test } from 'supertest';
import { z } from 'zod';

import { parcelSchema, type StoredParcel } from '../../dev/sandbox/carrier/parcel.js';
import { disputeSchema } from '../../dev/sandbox/gateway/dispute.js';
import type { Delivery } from '../../dev/sandbox/gateway/events.js';
import { refundSchema } from '../../dev/sandbox/gateway/stripe-objects.js';
import { carrierHeaders, post, shipments } from '../../dev/sandbox/test-sandbox.js';
import { orderWorkflowId } from '#libs/contracts/workflows/order-workflow';
import type { CarrierEventType } from '#libs/domain/fulfilment/carrier-event';
import type { OrderId } from '#libs/domain/order/order-id';
import type { PaymentStatus } from '#libs/domain/order/states';
import { type Database, openDatabase } from '#libs/persistence/database/database';

import { eventually } from '../support/eventually.js';
import { System } from '../support/system.js';
import { HeldMoments } from './held-moment.js';
import { RULES, type RulesName } from './rules.js';

type Process = 'api' | 'worker';

const moneySchema = z.object({ refunds: z.array(refundSchema), disputes: z.array(disputeSchema) });

const gatewayEventSchema = z.object({
  id: z.string(),
  data: z.object({ object: z.object({ id: z.string(), payment_intent: z.string().optional() }) }),
  deliveries: z.object({ waiting: z.int(), accepted: z.int(), givenUp: z.int() }),
});
/** An event at the gateway, and the outcomes of its webhooks. */
export type GatewayEvent = z.output<typeof gatewayEventSchema>;

/** Longer than a process takes to start on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

/** The system under a run: its processes die and are restarted, and callers repeat unanswered calls. */
export class Real {
  private readonly coming = new Map<Process, Promise<void>>();

  private readonly database: Database;
  private readonly moments = new HeldMoments();
  #rules: RulesName = 'the usual rules';

  private constructor(readonly system: System) {
    this.database = openDatabase(system.databaseUrl, 2);
  }

  /** @param env what both processes are given */
  static async start(env: Readonly<Record<string, string>>): Promise<Real> {
    const real = new Real(await System.start({ env, worker: false }));
    real.startWorker();
    await real.isUp('worker');
    return real;
  }

  /** Ends a process as a power cut would. */
  async kill(which: Process): Promise<void> {
    await this.isUp(which);
    await this.system.kill(which);
  }

  /** Starts an API that was killed, with the rules of the orders it takes, and does not wait for it. */
  startApi(rules: RulesName): void {
    this.#rules = rules;
    this.expect('api', this.system.startApi(RULES[rules]));
  }

  /** Starts the API anew, unless it has these rules. */
  async takeOrdersWith(rules: RulesName): Promise<void> {
    if (rules === this.#rules) return;
    await this.kill('api');
    this.startApi(rules);
  }

  /** Starts a worker that was killed, and does not wait for it. */
  startWorker(): void {
    this.expect('worker', this.system.startWorker(this.moments.environment));
  }

  /** The rules of the orders that the API takes. */
  get rules(): RulesName {
    return this.#rules;
  }

  private expect(which: Process, coming: Promise<void>): void {
    // A caller that needs it gets its failure.
    coming.catch(() => undefined);
    this.coming.set(which, coming);
  }

  async isUp(which: Process): Promise<void> {
    await this.coming.get(which);
  }

  /** Repeats a request until the API answers, as a shop's server does: the API may be down or busy. */
  async ask(request: () => Test): Promise<Response> {
    return eventually(
      () =>
        request().then(
          (response) => response,
          () => null,
        ),
      (response) => response !== null && response.body?.code !== 'idempotency_key_in_use',
      PATIENCE,
    );
  }

  /** The carrier's parcel for an order, whether or not our books have it. */
  async parcelOf(orderId: string): Promise<StoredParcel | undefined> {
    return (await shipments(this.system.sandbox)).find(({ reference }) => reference === orderId);
  }

  /** An event happens to a parcel: the carrier stores it, and sends its webhook until it is accepted. */
  async happens(trackingNumber: string, type: CarrierEventType): Promise<StoredParcel> {
    const url = `${this.system.sandbox.url}/sandbox/shipments/${trackingNumber}/events`;
    const response = await post(url, { type });
    if (!response.ok) throw new Error(await response.text());
    return parcelSchema.parse(await response.json());
  }

  /** Sends a signed webhook as the carrier would. @param id identifies the event, however often it is sent */
  async deliver(
    id: string,
    event: { type: CarrierEventType; trackingNumber: string; occurredAt: string },
  ): Promise<void> {
    const body = JSON.stringify({
      type: event.type,
      trackingNumber: event.trackingNumber,
      occurredAt: event.occurredAt,
    });
    const { status } = await this.ask(() =>
      this.system.http.post('/webhooks/deliveries').set(carrierHeaders(body, id)).send(body),
    );
    if (status !== 202) throw new Error(`the carrier's webhook was answered ${status}`);
  }

  /**
   * Plays the shopper, a bank or the network at the gateway.
   *
   * @returns false when the state had changed, so that it makes no sense any more
   */
  async control(path: string, body: object): Promise<boolean> {
    const response = await post(`${this.system.sandbox.url}/sandbox${path}`, body);
    if (!response.ok && response.status !== 409) throw new Error(await response.text());
    return response.ok;
  }

  async deliverEvents(delivery: { mode: Delivery['mode']; delay: number }): Promise<void> {
    const url = `${this.system.sandbox.url}/sandbox/event-delivery`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(delivery) });
    if (!response.ok) throw new Error(await response.text());
  }

  /** The gateway's events that are about intents, newest first. */
  async gatewayEvents(): Promise<readonly GatewayEvent[]> {
    const response = await fetch(`${this.system.sandbox.url}/sandbox/events`);
    return z.object({ data: z.array(gatewayEventSchema) }).parse(await response.json()).data;
  }

  /** The refunds and disputes of an order at the gateway. */
  async moneyThere(orderId: OrderId): Promise<z.output<typeof moneySchema>> {
    const intents = await this.system.intents(orderId);
    const answers = intents.map(async ({ id }) => {
      const response = await fetch(`${this.system.sandbox.url}/sandbox/payment-intents/${id}`);
      return moneySchema.parse(await response.json());
    });
    const each = await Promise.all(answers);
    return {
      refunds: each.flatMap(({ refunds }) => refunds),
      disputes: each.flatMap(({ disputes }) => disputes),
    };
  }

  /** Whether a bank has taken some of an order's payment, and not returned it: the gateway refunds none of it. */
  async isDisputed({ id }: { readonly id: OrderId }): Promise<boolean> {
    return (await this.moneyThere(id)).disputes.some(
      ({ status }) => status === 'needs_response' || status === 'lost',
    );
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.system.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
    this.system.inbox.answer = undefined;
  }

  /** How many facts of an order are on record. */
  async events(orderId: OrderId): Promise<number> {
    return (await this.system.store.orders.events(orderId)).length;
  }

  /** Waits until an order has come as far as `events` facts, or for a while: it may be stuck. */
  async progress(orderId: OrderId, events: number, within: number): Promise<void> {
    const deadline = Date.now() + within;
    await eventually(
      () => this.events(orderId),
      (count) => count >= events || Date.now() >= deadline,
      PATIENCE,
    );
  }

  /** An order's payment status, once an attempt was answered, or after a while. @param within milliseconds */
  async payment(orderId: OrderId, within: number): Promise<PaymentStatus> {
    const deadline = Date.now() + within;
    const { payment } = await eventually(
      () => this.system.store.orders.get(orderId),
      (order) =>
        (order.payment !== 'none' && order.payment !== 'authorizing') ||
        order.closedAt !== null ||
        Date.now() >= deadline,
      PATIENCE,
    );
    return payment;
  }

  /**
   * Freezes the worker until every activity it was running for an order has timed out and been given to the next
   * attempt, or for a while; then resumes it. Does nothing when no activity was running.
   */
  async freezeWorker(id: OrderId, within: number): Promise<void> {
    await this.isUp('worker');
    this.system.freeze('worker', true);
    try {
      const held = await this.attempts(id);
      const deadline = Date.now() + within;
      await eventually(
        () => this.attempts(id),
        (now) =>
          Date.now() >= deadline || [...held].every(([activity, attempt]) => now.get(activity) !== attempt),
        PATIENCE,
      );
    } finally {
      this.system.freeze('worker', false);
    }
  }

  /** Holds the next attempt of any order that reaches a moment. @returns what waits for that, for a while */
  holdMoment(moment: string): (id: OrderId, within: number) => Promise<boolean> {
    const says = this.moments.hold(moment);
    const from = this.system.log.length;
    return async (id, within) => {
      const deadline = Date.now() + within;
      const isHeld = () => this.system.log.slice(from).some((line) => line.includes(`${says}${id}`));
      await eventually(isHeld, (held) => held || Date.now() >= deadline, PATIENCE);
      return isHeld();
    };
  }

  /** Resumes an attempt that is held at a moment, and holds no other. */
  release(): void {
    this.moments.release();
  }

  /** The attempts that a worker holds, by the activity's id. */
  private async attempts(id: OrderId): Promise<ReadonlyMap<string, number>> {
    const run = this.system.client.workflow.getHandle(orderWorkflowId(id));
    const pending = await run.describe().then(
      ({ raw }) => raw.pendingActivities ?? [],
      (error: unknown) => {
        // It has not been started yet.
        if (error instanceof WorkflowNotFoundError) return [];
        throw error;
      },
    );
    return new Map(
      pending
        .filter(({ lastStartedTime }) => lastStartedTime)
        .map(({ activityId, attempt }) => [activityId ?? '', attempt ?? 0]),
    );
  }

  /** Units of a product. */
  async stock(sku: string): Promise<{ onHand: number; reserved: number }> {
    const { onHand, reserved } = await this.database.product.findUniqueOrThrow({ where: { sku } });
    return { onHand, reserved };
  }

  async close(): Promise<void> {
    await this.database.$disconnect();
    await this.system.close();
    this.moments.close();
  }
}
