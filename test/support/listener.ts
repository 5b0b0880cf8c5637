import { createServer, type RequestListener } from 'node:http';

/** An HTTP server on loopback, and the requests it received. */
export interface Listener {
  readonly url: string;
  /** Connections, also those without a request. */
  readonly connections: () => number;
  /** Each as method and path. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** @param answer how it answers; left out, with an empty page */
export async function listen(answer: RequestListener = (_, response) => response.end()): Promise<Listener> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener is closed');
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections: () => connections,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
