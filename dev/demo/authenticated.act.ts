import { seconds } from '../terminal/terminal.js';
import type { Act } from './act.js';
import { DELIVERED_CORRECTLY } from './claims.js';

/** Milliseconds. */
const SHOPPER_TAKES = 2_000;

export const authenticated: Act = {
  title: 'The bank asks the shopper to authenticate (3-D Secure)',
  about: [
    'The payment waits for the shopper. The shop fetches what the browser needs, the client secret, and the shopper',
    'authenticates after 2 s. The gateway reports it with a signed event, and the order goes on.',
  ],
  purchase: {
    customer: 'Finn Example',
    email: 'finn@example.com',
    sku: 'MUG-WHITE',
    quantity: 1,
    postalCode: '10115',
    method: 'pm_card_threeDSecure2Required',
  },
  async run(context) {
    const { system, report } = context;
    const order = await context.placeOrder();
    await order.event('payment.requires_action');
    const { clientSecret, cacheControl } = await system.shop.clientSecret(order.id);
    report.event('the shop gives the client secret to the shopper’s browser');
    await order.followFor(SHOPPER_TAKES);
    await system.gatewayActions.authenticate(clientSecret);
    const authenticatedAt = Date.now();
    report.event('the shopper has authenticated');
    const captured = await order.event('payment.captured');
    await order.end();
    const took = Date.parse(captured.at) - authenticatedAt;
    const { signals } = await system.historyOf(order.id);
    report.claim(
      'Reported by the gateway, without being asked',
      signals.includes('paymentReported'),
      `${seconds(Math.max(took, 0))} from the shopper to the charge in the ledger`,
    );
    const kept = await system.textSearch.placesWith(clientSecret);
    report.claim(
      'The client secret is kept nowhere',
      clientSecret !== '' && cacheControl === 'no-store' && kept.length === 0,
      `Cache-Control: ${cacheControl}; ${kept.join(', ') || 'in no table, no history and no log'}`,
    );
    await context.check(DELIVERED_CORRECTLY);
  },
};
