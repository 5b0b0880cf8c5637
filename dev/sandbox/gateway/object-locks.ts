import { setTimeout as sleep } from 'node:timers/promises';

import { StripeProblem } from './stripe-problem.js';

/** How long a call waits for another to release an object, in milliseconds. */
const TIMEOUT = 1_000;

/** One call at a time may change an object; Stripe refuses others after a while (docs.stripe.com/rate-limits). */
export class ObjectLocks {
  readonly #held = new Map<string, Promise<void>>();

  /** @throws StripeProblem lock_timeout */
  async holding<T>(id: string, work: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + TIMEOUT;
    for (let holder = this.#held.get(id); holder; holder = this.#held.get(id)) {
      const left = deadline - Date.now();
      if (left <= 0) {
        throw new StripeProblem(
          'lock_timeout',
          'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.',
        );
      }
      await Promise.race([holder, sleep(left, undefined, { ref: false })]);
    }
    const running = work();
    this.#held.set(
      id,
      running.then(
        () => undefined,
        () => undefined,
      ),
    );
    try {
      return await running;
    } finally {
      this.#held.delete(id);
    }
  }
}
