import { backoff } from '#libs/domain/order/policy';

import { seconds } from '../terminal/terminal.js';
import type { Act } from './act.js';
import { DELIVERED_CORRECTLY } from './claims.js';
import { counted } from './evidence-text.js';
import type { Wait } from './report-lines.js';

/** Milliseconds. */
const DOWN_FOR = 20_000;
/** More calls than the service makes in that time. */
const EVERY_CALL = 10_000;
const CALLS = [
  'payment_intents.create',
  'payment_intents.confirm',
  'payment_intents.capture',
  'payment_intents.cancel',
  'refunds.create',
] as const;
/** How many attempts must have failed before the gateway is back. */
const FEWEST_ATTEMPTS = 4;
/** The default policy's. Milliseconds. */
const RETRY = { initial: 1_000, max: 60_000 };
/** By how much an announced pause may be shorter than it is. Milliseconds. */
const TOLERANCE = 100;

export const gatewayDown: Act = {
  title: 'The gateway is down for 20 s',
  about: [
    'Every call that could move money has its connection dropped. The order tries again, waits longer each time,',
    'and its waitingFor shows it. Once the gateway is back, it goes on by itself.',
  ],
  purchase: {
    customer: 'Dora Example',
    email: 'dora@example.com',
    sku: 'FOUNTAIN-PEN',
    quantity: 1,
    postalCode: '10115',
  },
  async run(context) {
    const { system, report } = context;
    for (const operation of CALLS) {
      await system.faults.add({ operation, fault: 'drop_before', times: EVERY_CALL });
    }
    report.event('the gateway is down');
    const order = await context.placeOrder();
    await order.followFor(DOWN_FOR);
    await order.waitedFor(({ attempt }) => attempt >= FEWEST_ATTEMPTS);
    await system.faults.clear();
    report.event('the gateway is back');
    await order.event('payment.captured');
    await order.end();

    const failed = order.waits.filter(({ lastError }) => lastError !== null);
    const pauses = pausesBetween(failed);
    report.claim(
      'Tried again by itself, and shown in waitingFor',
      failed.length > 1 && failed.every(({ lastError }) => lastError === 'gateway_unreachable'),
      `${counted(failed.length, 'failed attempt')}, each with ${failed[0]?.lastError ?? 'nothing'}`,
    );
    report.claim(
      'Waited longer each time',
      pauses.every(({ took, least }) => took >= least - TOLERANCE),
      `${pauses.map(({ took }) => seconds(took)).join(', ')} between the attempts`,
    );
    const attentions = order.times('order.parked');
    report.claim('No operator was needed', attentions === 0, counted(attentions, 'attention'));
    await context.check(DELIVERED_CORRECTLY);
  },
};

/** From the times the attempts were announced for, with what the policy's doubling makes of each at the least. */
function pausesBetween(waits: readonly Wait[]): { took: number; least: number }[] {
  return waits.slice(1).flatMap(({ attempt, nextTryAt }, index) => {
    const before = waits[index]?.nextTryAt ?? null;
    if (nextTryAt === null || before === null) return [];
    return [{ took: Date.parse(nextTryAt) - Date.parse(before), least: backoff(RETRY, attempt) }];
  });
}
