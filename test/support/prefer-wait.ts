import { randomUUID } from 'node:crypto';

import type { System } from './system.js';

/** Sends a request, and waits for its outcome. @param seconds no wait when undefined */
export const asking =
  (system: System) =>
  (path: string, body: object, seconds?: number, key: string = randomUUID()) =>
    system.http
      .post(path)
      .set({ 'Idempotency-Key': key, ...(seconds === undefined ? {} : { Prefer: `wait=${seconds}` }) })
      .send(body);

/** Places an order, and waits for its outcome. */
export const placing =
  (system: System) =>
  (body: object, seconds?: number, key: string = randomUUID()) =>
    asking(system)('/orders', body, seconds, key);

/** The answer, and how many milliseconds it took. */
export async function timed<T>(act: () => PromiseLike<T>): Promise<{ answer: T; took: number }> {
  const began = Date.now();
  return { answer: await act(), took: Date.now() - began };
}
