import type { Rules } from './programs.js';
import type { Scene } from './scene.js';
import type { Purchase } from './shop.js';

/** A claim of the product, shown on the running system. */
export interface Act {
  readonly title: string;
  /** What happens and what it is to show, for somebody who sees it for the first time. */
  readonly tells: readonly string[];
  /** Each act has its own shopper and product, so that what it did can be told apart. */
  readonly purchase: Purchase;
  readonly rules?: Rules;
  run(scene: Scene): Promise<void>;
}
