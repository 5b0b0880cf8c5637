import { createServer } from 'node:http';
import { once } from 'node:events';

export interface SeenRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
}

export interface CountingProxy {
  readonly url: string;
  /** Every request, in the order they came in. */
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Passes HTTP on to another server, and notes what came when. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    seen.push({ at: performance.now(), method, path });
    const pass = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { host: _host, connection: _connection, ...sent } = headers;
      const body = Buffer.concat(chunks);
      const answer = await fetch(`${target}${path}`, {
        method,
        headers: sent as Record<string, string>,
        ...(body.length > 0 && { body }),
      });
      const text = await answer.text();
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'text/plain',
      });
      response.end(text);
    };
    pass().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
