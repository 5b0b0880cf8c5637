import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { providerFetch } from './provider-fetch.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

describe('the body of a provider’s answer', () => {
  let server: Server;
  let url: string;
  beforeEach(async () => {
    server = createServer((_request, response) => void response.writeHead(200).write('{"id":'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    url = `http://127.0.0.1:${address.port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('ends with the time-out of the call, also when memory was freed since its headers', async () => {
    const timeout = new AbortController();
    const response = await providerFetch(url, { signal: timeout.signal });
    const text = response.text();
    for (let times = 0; times < 5; times += 1) {
      collectGarbage();
      await delay(10);
    }
    const reason = new Error('it took too long');
    timeout.abort(reason);
    await expect(text).rejects.toBe(reason);
  }, 5_000);

  it('ends with the time-out of the call when nothing else happens', async () => {
    const response = await providerFetch(url, { signal: AbortSignal.timeout(50) });
    await expect(response.text()).rejects.toMatchObject({ name: 'TimeoutError' });
  }, 5_000);
});
