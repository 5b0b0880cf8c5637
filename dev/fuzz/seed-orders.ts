import { setTimeout as sleep } from 'node:timers/promises';

import type { OrderView } from '#libs/contracts/http/order-view.api';

import { ApiCaller } from '../clients/api-caller.js';
import { GatewayActions } from '../clients/gateway-actions.js';
import { reconcile } from '../clients/reconcile.js';
import { Shop } from '../clients/shop.js';
import { apiUrl } from '../stack/local-settings.js';
import type { Stack } from '../stack/stack.js';

/** Milliseconds. */
const TIMEOUT = 60_000;
const POLL_INTERVAL = 200;

const SHOPPER = { customer: 'Fuzz Example', email: 'fuzz@example.com', postalCode: '10115' };
const MUG = { ...SHOPPER, sku: 'MUG-BLUE', quantity: 2 };

/**
 * Makes data for the requests to find: orders in several states, one of them cancelled, and a refund that was made
 * without this service, so that there is a discrepancy and an attention.
 */
export async function seedOrders(stack: Stack, apiKey: string, stopping: AbortSignal): Promise<void> {
  const { api, sandbox } = stack.settings.environment;
  const shop = new Shop(new ApiCaller(apiUrl(api), apiKey));
  const arriving = await shop.place(MUG);
  const declined = await shop.place({ ...MUG, method: 'pm_card_chargeDeclined' });
  const challenged = await shop.place({ ...MUG, method: 'pm_card_authenticationRequired' });
  const unwanted = await shop.place(MUG);
  await shop.cancel(unwanted.id);
  const until = async (order: OrderView, accepts: (now: OrderView) => boolean) => {
    const deadline = Date.now() + TIMEOUT;
    while (!accepts(await shop.order(order.id))) {
      if (Date.now() > deadline) throw new Error(`order ${order.number} did not get on`);
      await sleep(POLL_INTERVAL, undefined, { signal: stopping });
    }
  };
  await until(declined, ({ payment }) => payment === 'declined');
  await until(challenged, ({ payment }) => payment === 'requires_action');
  await until(arriving, ({ status }) => status === 'delivered');
  const gateway = new GatewayActions(`http://127.0.0.1:${sandbox.SANDBOX_PORT}`);
  await gateway.refundFromDashboard(arriving.id, 500);
  await reconcile(stack.programs, '1h');
}
