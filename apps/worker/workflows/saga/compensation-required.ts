import type { ReversalReason } from '#libs/contracts/workflows/activities';
import type { EndReason } from '#libs/domain/order/end';

/** The order cannot continue: how it will end once its steps are compensated. */
export class CompensationRequired extends Error {
  override readonly name = 'CompensationRequired';
  constructor(
    readonly status: 'rejected' | 'cancelled',
    readonly reason: EndReason,
    /** Why its payment is reversed. */
    readonly reversal: ReversalReason,
  ) {
    super(reason.code);
  }
}
