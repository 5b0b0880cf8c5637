import type { ServerResponse } from 'node:http';

/** Aborted when the client disconnects. */
export function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const disconnected = new AbortController();
  // The client may have disconnected before this call.
  if (response.closed) disconnected.abort();
  else response.once('close', () => disconnected.abort());
  return disconnected.signal;
}
