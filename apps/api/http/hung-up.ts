import type { Response } from 'express';

/** Aborted once nobody is there any more to hear the answer. */
export function hungUp(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
