import type { ReturnReason } from '#libs/contracts/workflows/activities';
import type { EndReason } from '#libs/domain/order/end';

/** The order cannot go on: how it will end, once everything is undone. */
export class Fall extends Error {
  override readonly name = 'Fall';
  constructor(
    readonly status: 'rejected' | 'cancelled',
    readonly reason: EndReason,
    /** Why its money goes back. */
    readonly why: ReturnReason,
  ) {
    super(reason.code);
  }
}
