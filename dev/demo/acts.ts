import type { Act } from './act.js';
import { authenticated } from './authenticated.act.js';
import { booksDiffer } from './books-differ.act.js';
import { cancelledInCharge } from './cancelled-in-charge.act.js';
import { carrierRefuses } from './carrier-refuses.act.js';
import { gatewayDown } from './gateway-down.act.js';
import { happyOrder } from './happy-order.act.js';
import { killedInCharge } from './killed-in-charge.act.js';
import { killedInWait } from './killed-in-wait.act.js';
import { partRefunded } from './part-refunded.act.js';
import { secondCard } from './second-card.act.js';

/** The demo, in ten acts. */
export const ACTS: readonly Act[] = [
  happyOrder,
  killedInWait,
  killedInCharge,
  gatewayDown,
  carrierRefuses,
  authenticated,
  secondCard,
  cancelledInCharge,
  partRefunded,
  booksDiffer,
];
