import { setTimeout as sleep } from 'node:timers/promises';

import type { OrderView } from '#libs/contracts/http/order-view.api';

import type { Stage } from '../demo/stage.js';

const PATIENCE = 60_000;
const EVERY = 200;

const SHOPPER = { customer: 'Fuzz Example', email: 'fuzz@example.com', postalCode: '10115' };
const MUG = { ...SHOPPER, sku: 'MUG-BLUE', quantity: 2 };

/**
 * Gives whoever looks at the API something to find: orders at different places on their way, one of them cancelled,
 * and money that went back past this service, so that there is a discrepancy and somebody is waited for.
 */
export async function bringAboutGoingsOn(stage: Stage, stopping: AbortSignal): Promise<void> {
  const { shop } = stage;
  const arriving = await shop.place(MUG);
  const declined = await shop.place({ ...MUG, method: 'pm_card_chargeDeclined' });
  const challenged = await shop.place({ ...MUG, method: 'pm_card_authenticationRequired' });
  const unwanted = await shop.place(MUG);
  await shop.cancel(unwanted.id);
  const until = async (order: OrderView, accepts: (now: OrderView) => boolean) => {
    const deadline = Date.now() + PATIENCE;
    while (!accepts(await shop.order(order.id))) {
      if (Date.now() > deadline) throw new Error(`order ${order.number} did not get on`);
      await sleep(EVERY, undefined, { signal: stopping });
    }
  };
  await until(declined, ({ payment }) => payment === 'declined');
  await until(challenged, ({ payment }) => payment === 'requires_action');
  await until(arriving, ({ status }) => status === 'delivered');
  await stage.visitors.refundByHand(arriving.id, 500);
  await stage.reconcile('1h');
}
