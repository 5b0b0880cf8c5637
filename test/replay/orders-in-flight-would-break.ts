import type { BrokenHistory } from '../../apps/worker/replay/broken-histories.js';

/** Tells a developer which orders a change of the workflow would break, and how to change it without that. */
export class OrdersInFlightWouldBreak extends Error {
  override readonly name = 'OrdersInFlightWouldBreak';

  constructor(broken: readonly BrokenHistory[], kept: number) {
    const rows = broken.map(({ name, reason }) => `  ${name}: ${reason}`).join('\n');
    super(
      `${broken.length} of the ${kept} histories in test/replay/histories do not replay:\n\n${rows}\n\n${ADVICE}`,
    );
  }
}

const ADVICE = `What this means
  A worker that takes an order over runs the workflow again from its beginning, and expects the commands that are
  in the order's history: the same activities, timers, attributes, in the same order. With this code, orders in
  flight whose history looks like the ones above would stand still until the change is taken back.

Keep the path they are on: by the version in the order's policy, in two releases (docs/workflow-changes.md), or behind
patched(), which also reaches orders in flight and cannot be taken back
  import { patched } from '@temporalio/workflow';

  if (patched('check-fraud')) {
    await step('fraud', () => steps.checkFraud(orderId)); // orders that get here from now on
  }
  // A step that is replaced: the new one in the if, the old one in an else.

Later
  Once no order is running that began before the change (temporal workflow list --namespace orders --query
  'ExecutionStatus = "Running" AND StartTime < "<when it was deployed>"'): the old path goes, and
  deprecatePatch('check-fraud') stands where the if stood. Once those have ended that began before that: it goes too.

When to record anew
  Only if the code that made these histories was never released: npm run histories.
  docs/workflow-changes.md has the whole of it.`;
