import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `read` answers what `accepts` takes, and returns it.
 *
 * @param within milliseconds
 * @throws Error with the last thing seen, once the time is up
 */
export async function eventually<T, R extends T>(
  read: () => Promise<T> | T,
  accepts: ((value: T) => value is R) | ((value: T) => boolean),
  within = 20_000,
): Promise<R> {
  const deadline = Date.now() + within;
  for (;;) {
    const value = await read();
    if (accepts(value)) return value as R;
    if (Date.now() > deadline)
      throw new Error(`not so within ${within} ms; last seen: ${JSON.stringify(value)}`);
    await delay(50);
  }
}
