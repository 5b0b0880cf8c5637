import Stripe from 'stripe';

import type { Ports } from '../../apps/worker/activities/activities.js';
import type { Sandbox } from '../../dev/sandbox/sandbox.js';
import { faultsLeft, script, shipments, startTestSandbox } from '../../dev/sandbox/test-sandbox.js';
import type { OrderId } from '#libs/domain/order/order-id';
import type { PaymentGateway } from '#libs/payments/payment-gateway';
import { StripeGateway } from '#libs/payments/stripe.gateway';
import type { Carrier } from '#libs/shipping/carrier';
import { CarrierClient } from '#libs/shipping/carrier.client';

const PATIENCE = 2_000;

/** A gateway and a carrier for a single order, so that a test's faults affect no other order. */
export class ProviderDesk {
  readonly gateway: PaymentGateway;
  readonly carrier: Carrier;
  private readonly stripe: Stripe;

  private constructor(private readonly sandbox: Sandbox) {
    const { hostname, port } = new URL(sandbox.url);
    this.stripe = new Stripe('sk_test_counting', { host: hostname, port, protocol: 'http' });
    this.gateway = new StripeGateway({
      secretKey: 'sk_test_tests',
      apiUrl: sandbox.url,
      timeout: PATIENCE,
    });
    this.carrier = new CarrierClient({ url: `${sandbox.url}/carrier`, timeout: PATIENCE });
  }

  static async open(): Promise<ProviderDesk> {
    return new ProviderDesk(await startTestSandbox());
  }

  async script(fault: { operation: string; fault: string; times: number; delay?: number }): Promise<void> {
    await script(this.sandbox, fault);
  }

  async faultsLeft(): Promise<number> {
    return faultsLeft(this.sandbox);
  }

  /** The records that an accountant and a warehouse would see. */
  async books() {
    const intents = await this.stripe.paymentIntents.list({ limit: 100 });
    const refunds = await this.stripe.refunds.list({ limit: 100 });
    return {
      charges: intents.data.filter(({ status }) => status === 'succeeded').map((i) => i.amount_received),
      openIntents: intents.data.filter(({ status }) => status !== 'succeeded' && status !== 'canceled')
        .length,
      refunds: refunds.data.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount),
      parcels: (await shipments(this.sandbox)).map(({ status }) => status),
    };
  }

  async close(): Promise<void> {
    await this.sandbox.close();
  }
}

/** Sends each order of a shop to the desk that was opened for it. */
export class ProviderDesks {
  private readonly byOrder = new Map<string, ProviderDesk>();
  private readonly byIntent = new Map<string, ProviderDesk>();

  assign(orderId: OrderId, desk: ProviderDesk): void {
    this.byOrder.set(orderId, desk);
  }

  readonly gateway: PaymentGateway = {
    createIntent: async (request) => {
      const desk = of(this.byOrder, request.orderId);
      const intent = await desk.gateway.createIntent(request);
      this.byIntent.set(intent.id, desk);
      return intent;
    },
    confirmIntent: async (id, request) => of(this.byIntent, id).gateway.confirmIntent(id, request),
    readPayment: async (id) => of(this.byIntent, id).gateway.readPayment(id),
    readClientSecret: async (id) => of(this.byIntent, id).gateway.readClientSecret(id),
    captureIntent: async (id, request) => of(this.byIntent, id).gateway.captureIntent(id, request),
    retrieveIntent: async (id) => of(this.byIntent, id).gateway.retrieveIntent(id),
    cancelIntent: async (id, request) => of(this.byIntent, id).gateway.cancelIntent(id, request),
    createRefund: async (request) => of(this.byOrder, request.orderId).gateway.createRefund(request),
    findRefund: async (intentId, refundId) =>
      of(this.byIntent, intentId).gateway.findRefund(intentId, refundId),
  };

  readonly carrier: Carrier = {
    createShipment: async (request) => of(this.byOrder, request.reference).carrier.createShipment(request),
    cancelShipment: async (reference) => of(this.byOrder, reference).carrier.cancelShipment(reference),
    findShipment: async (reference) => of(this.byOrder, reference).carrier.findShipment(reference),
  };

  /** The ports of a shop that sends its orders here. */
  readonly ports = (real: Ports): Ports => ({ ...real, gateway: this.gateway, carrier: this.carrier });
}

function of(desks: ReadonlyMap<string, ProviderDesk>, id: string): ProviderDesk {
  const desk = desks.get(id);
  if (!desk) throw new Error(`no desk was opened for ${id}`);
  return desk;
}
