import type { FulfilmentStatus } from '../order/states.js';

/** How goods enter or leave stock. */
export type MovementKind = 'shipped' | 'returned' | 'lost';

export const MOVEMENT_SIGN: Readonly<Record<MovementKind, 1 | -1>> = { shipped: -1, returned: 1, lost: -1 };

/**
 * The stock movements that a change of fulfilment means. A parcel leaves stock once, at the first report that
 * it is on its way; one that is lost before that leaves as lost.
 */
export function movementsFor(from: FulfilmentStatus, to: FulfilmentStatus): readonly MovementKind[] {
  if (from === 'ready') {
    if (to === 'shipped' || to === 'delivered') return ['shipped'];
    if (to === 'returned') return ['shipped', 'returned'];
    if (to === 'lost') return ['lost'];
  }
  return to === 'returned' ? ['returned'] : [];
}
