import type { ServerResponse } from 'node:http';

/** Aborted when the client disconnects. */
export function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const disconnected = new AbortController();
  const { socket } = response.req;
  const abort = () => {
    socket.off('close', abort);
    disconnected.abort();
  };
  // The client may have disconnected before this call.
  if (response.closed || socket.destroyed) abort();
  else {
    response.once('close', abort);
    // Of pipelined requests, Node closes only the response that is being sent.
    socket.once('close', abort);
  }
  return disconnected.signal;
}
