import type { Response } from 'express';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** In place of the body. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request comes to: an answer, or a connection that closes without one. */
export type Outcome = Answer | 'hang up';

export function send(response: Response, outcome: Outcome): void {
  if (outcome === 'hang up') {
    response.req.socket.destroy();
    return;
  }
  // The caller may have gone while the work went on; the work stays done.
  if (response.destroyed) return;
  response.status(outcome.status).set(outcome.headers ?? {});
  if (outcome.text === undefined) response.json(outcome.body);
  else response.type('html').send(outcome.text);
}
