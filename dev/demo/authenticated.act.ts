import { seconds } from '../command/terminal.js';
import type { Act } from './act.js';
import { WENT_WELL } from './claims.js';

/** Milliseconds. */
const SHOPPER_TAKES = 2_000;

export const authenticated: Act = {
  title: 'The bank wants to see the shopper (3-D Secure)',
  tells: [
    'The payment waits for the shopper. The shop fetches what the browser needs, the client secret, and the shopper',
    'authenticates after 2 s. The gateway tells so with a signed event, and the order goes on.',
  ],
  purchase: {
    customer: 'Finn Example',
    email: 'finn@example.com',
    sku: 'MUG-WHITE',
    quantity: 1,
    postalCode: '10115',
    method: 'pm_card_threeDSecure2Required',
  },
  async run(scene) {
    const { stage, story } = scene;
    const order = await scene.place();
    await order.event('payment.requires_action');
    const { clientSecret, cacheControl } = await stage.shop.clientSecret(order.id);
    story.says('the shop hands the client secret to the shopper’s browser');
    await order.during(SHOPPER_TAKES);
    await stage.visitors.authenticate(clientSecret);
    const authenticatedAt = Date.now();
    story.says('the shopper has authenticated');
    const captured = await order.event('payment.captured');
    await order.end();
    const took = Date.parse(captured.at) - authenticatedAt;
    const { signals } = await stage.historyOf(order.id);
    story.claims(
      'Told by the gateway, without asking',
      signals.includes('paymentReported'),
      `${seconds(Math.max(took, 0))} from the shopper to the charge in the books`,
    );
    const kept = await stage.traces.of(clientSecret);
    story.claims(
      'The client secret is kept nowhere',
      clientSecret !== '' && cacheControl === 'no-store' && kept.length === 0,
      `Cache-Control: ${cacheControl}; ${kept.join(', ') || 'in no table, no history and no log'}`,
    );
    await scene.claim(WENT_WELL);
  },
};
