import { captureKey, chargeKey, intentKey, voidKey } from '../payment/payment-keys.js';
import { emailKey } from './email-keys.js';
import type { OrderChange } from './order-change.js';
import type { OrderId } from './order-id.js';
import { STEPS } from './steps.js';

/**
 * What closes an order, beside the event that says so: no step waits any more, and calls whose outcome became known in
 * another way are left in no doubt.
 */
export const closing = ({ id, attempt }: { readonly id: OrderId; readonly attempt: number }) =>
  ({
    closes: true,
    ended: STEPS,
    settlesOthers: {
      keys: [
        ...[intentKey(id), chargeKey(id, attempt), captureKey(id), voidKey(id)],
        ...[emailKey(id, 'confirmation'), emailKey(id, 'shipped')],
      ],
      state: 'closed',
    },
  }) as const satisfies Partial<OrderChange>;
