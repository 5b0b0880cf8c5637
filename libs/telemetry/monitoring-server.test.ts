import { afterEach, describe, expect, it } from 'vitest';

import { createLogger } from './logger.js';
import { type MonitoringRoutes, MonitoringServer } from './monitoring-server.js';

const logger = createLogger('test', 'silent');

describe('the server for monitoring', () => {
  const opened: MonitoringServer[] = [];
  async function serve(routes: MonitoringRoutes, port = 0) {
    const server = new MonitoringServer(routes, logger);
    opened.push(server);
    return server.listen('127.0.0.1', port, 'METRICS_PORT');
  }
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.close();
  });

  it('answers its routes to GET, and nothing else', async () => {
    const port = await serve({ '/a': async () => ({ status: 503, type: 'text/plain', body: 'no' }) });
    const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
    const answer = await ask('/a?x=1');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      503,
      'text/plain',
      'no',
    ]);
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/constructor')).status).toBe(404);
    expect((await ask('/a', 'POST')).status).toBe(404);
  });

  it('answers 500 where a route fails', async () => {
    const port = await serve({ '/a': () => Promise.reject(new Error('away')) });
    expect((await fetch(`http://127.0.0.1:${port}/a`)).status).toBe(500);
  });

  it('is left out where the port is taken', async () => {
    const port = await serve({});
    expect(await serve({}, port ?? 0)).toBeNull();
  });
});
