import type { ServerResponse } from 'node:http';

/** Aborted once nobody is there any more to hear the answer. */
export function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  // It may have happened while something else was waited for.
  if (response.closed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
}
