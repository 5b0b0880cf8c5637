import type { ActContext } from './act-context.js';
import type { Rules } from './demo-system.js';
import type { Purchase } from '../clients/shop.js';

/** A promise of the product, shown on the running system. */
export interface Act {
  readonly title: string;
  /** What happens and what it is to show, for a person who sees it for the first time. */
  readonly about: readonly string[];
  /** Each act has its own shopper and product, so that its rows can be recognised. */
  readonly purchase: Purchase;
  readonly rules?: Rules;
  run(context: ActContext): Promise<void>;
}
