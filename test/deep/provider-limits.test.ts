import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { StripeGateway } from '#libs/payments/stripe.gateway';
import { ProviderLimits } from '#libs/providers/provider-limits';
import { Metrics } from '#libs/telemetry/metrics';

import { eventually } from '../support/eventually.js';
import { countingProxy, type CountingProxy } from '../support/counting-proxy.js';
import { WorkflowHarness } from '../support/workflow-harness.js';

const PER_SECOND = 5;
const ORDERS = 30;
/** What a request's way to the server may differ by on a busy machine, in milliseconds. */
const JITTER = 300;
/** Seconds over which the rate is measured: over the longer ones that difference matters less. */
const WINDOWS = [1, 2, 4];

describe('more charges than a provider takes in a second', () => {
  let shop: WorkflowHarness;
  let stripe: CountingProxy;
  const metrics = new Metrics();
  beforeAll(async () => {
    shop = await WorkflowHarness.open({
      ports: async (real, { gatewayOptions }) => {
        stripe = await countingProxy(gatewayOptions.apiUrl);
        const limit = new ProviderLimits(metrics).of('stripe', PER_SECOND);
        return { ...real, gateway: new StripeGateway({ ...gatewayOptions, apiUrl: stripe.url, limit }) };
      },
    });
  });
  afterAll(async () => {
    await shop.close();
    await stripe.close();
  });

  const requests = (path: RegExp) =>
    stripe.seen.flatMap(({ method, path: asked }, at) => (method === 'POST' && path.test(asked) ? [at] : []));

  it('wait without failing, never exceed the limit, and let a refund go first', async () => {
    const first = await shop.place();
    await shop.until(first, ({ payment }) => payment === 'captured');

    const others = await Promise.all(Array.from({ length: ORDERS - 1 }, () => shop.place()));
    const earlier = stripe.seen.length;
    const before = await eventually(
      async () => stripe.seen.length,
      (count) => count > earlier + 2 * PER_SECOND,
    );
    const refundId = await shop.refund(first, 500);
    for (const id of others) await shop.until(id, ({ payment }) => payment === 'captured', 120_000);

    const times = stripe.seen.map(({ at }) => at);
    for (const seconds of WINDOWS) {
      for (const [index, at] of times.entries()) {
        const later = times[index + seconds * PER_SECOND];
        if (later !== undefined) expect(later - at).toBeGreaterThan(seconds * 1_000 - JITTER);
      }
    }
    const [refunded = Infinity] = requests(/\/v1\/refunds$/);
    const charged = requests(/\/confirm$/);
    expect(charged).toHaveLength(ORDERS);
    expect(refunded - before).toBeLessThan(3 * PER_SECOND);
    expect(charged.filter((at) => at > refunded).length).toBeGreaterThan(ORDERS / 2);
    expect(await shop.store.refunds.find(refundId)).toMatchObject({ state: 'succeeded' });

    expect(shop.parts.log.filter((line) => line.includes('attempt failed'))).toEqual([]);
    for (const id of others) {
      const { attention, waits } = await shop.store.orders.get(id);
      expect([attention, waits.filter(({ lastError }) => lastError !== null)]).toEqual([[], []]);
      expect(await shop.intents(id)).toMatchObject([{ status: 'succeeded' }]);
    }
    const { body } = await metrics.answer();
    expect(body).toMatch(/provider_limit_wait_seconds_count\{provider="stripe",priority="normal"\} \d+/);
    expect(body).toMatch(
      /provider_limit_wait_seconds_count\{provider="stripe",priority="compensation"\} \d+/,
    );
    for (const id of [first, ...others]) await shop.carrierSays(await shop.label(id), 'shipment.delivered');
    for (const id of [first, ...others]) await shop.closed(id);
    await shop.checkInvariants();
  }, 300_000);
});
