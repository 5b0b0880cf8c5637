import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two reads: more the longer it takes, so that waiting leaves the machine to what is waited for. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 300;
const SHARE_OF_WAIT = 0.1;

/**
 * Waits until `read` answers what `accepts` takes, and returns it.
 *
 * @param within milliseconds
 * @throws Error with the last value seen, once the time is up
 */
export async function eventually<T, R extends T>(
  read: () => Promise<T> | T,
  accepts: ((value: T) => value is R) | ((value: T) => boolean),
  within = 45_000,
): Promise<R> {
  const began = Date.now();
  for (;;) {
    const value = await read();
    if (accepts(value)) return value as R;
    const waited = Date.now() - began;
    if (waited > within) throw new Error(`not so within ${within} ms; last seen: ${JSON.stringify(value)}`);
    await delay(Math.min(FIRST_PAUSE + waited * SHARE_OF_WAIT, LONGEST_PAUSE));
  }
}
