import type { Act } from './act.js';
import { carrierRefuses } from './carrier-refuses.act.js';
import { gatewayDown } from './gateway-down.act.js';
import { happyOrder } from './happy-order.act.js';
import { killedInCharge } from './killed-in-charge.act.js';
import { killedInWait } from './killed-in-wait.act.js';

/** The demo, in five acts. */
export const ACTS: readonly Act[] = [happyOrder, killedInWait, killedInCharge, gatewayDown, carrierRefuses];
