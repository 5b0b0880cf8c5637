import fc from 'fast-check';

import type { OrderStatus } from '#libs/domain/order/states';

import { FAULT_NAMES, OPERATIONS, type Operation } from '../../../dev/sandbox/faults.js';
import { script } from '../../../dev/sandbox/test-sandbox.js';
import { type Command, command } from '../command.js';

/** How an order ends when an operation is refused, where the call is not simply retried. */
const REFUSED: Readonly<Partial<Record<Operation, OrderStatus>>> = {
  'payment_intents.create': 'rejected',
  'payment_intents.confirm': 'rejected',
  'payment_intents.capture': 'cancelled',
  'shipments.create': 'cancelled',
};

/** Operations that orders never call; reconciliation does. */
const UNUSED: readonly Operation[] = [
  'charges.retrieve',
  'refunds.retrieve',
  'disputes.retrieve',
  'balance_transactions.list',
];

const OUTAGES = FAULT_NAMES.filter((name) => name !== 'refuse');

/** Scripts a fault of the gateway or the carrier. */
export const scriptFault: fc.Arbitrary<Command> = fc
  .record({
    operation: fc.constantFrom(...OPERATIONS.filter((name) => !UNUSED.includes(name))),
    fault: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...OUTAGES) },
      { weight: 1, arbitrary: fc.constant('refuse' as const) },
    ),
    times: fc.integer({ min: 1, max: 3 }),
    delay: fc.integer({ min: 50, max: 2_500 }),
  })
  .map(({ operation, fault, times, delay }) =>
    command(
      `${operation} will fail ${times} times: ${fault}${fault === 'slow' ? ` (${delay} ms)` : ''}`,
      async (model, { system }) => {
        await script(system.sandbox, { operation, fault, times, ...(fault === 'slow' ? { delay } : {}) });
        const end = REFUSED[operation];
        if (fault === 'refuse' && end) model.mayEnd.add(end);
      },
    ),
  );
