import type { Response } from 'express';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** In place of the body. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer to a request, or a connection that is closed without one. */
export type Outcome = Answer | 'no answer';

export function send(response: Response, outcome: Outcome): void {
  if (outcome === 'no answer') {
    response.req.socket.destroy();
    return;
  }
  // The caller may have left meanwhile; the work stays done.
  if (response.destroyed) return;
  response.status(outcome.status).set(outcome.headers ?? {});
  if (outcome.text === undefined) response.json(outcome.body);
  else response.type('html').send(outcome.text);
}
