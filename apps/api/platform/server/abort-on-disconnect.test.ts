import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { abortOnDisconnect } from './abort-on-disconnect.js';

const server = createServer();
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A request in progress, and the client's way to hang up. */
async function called(): Promise<{ response: ServerResponse; hangUp: () => void }> {
  const { port } = server.address() as AddressInfo;
  const call = request({ host: '127.0.0.1', port }).on('error', () => undefined);
  const arrived = once(server, 'request');
  call.end();
  const [, response]: unknown[] = await arrived;
  return { response: response as ServerResponse, hangUp: () => call.destroy() };
}

it('aborts when a client hangs up', async () => {
  const { response, hangUp } = await called();
  const gone = abortOnDisconnect(response);
  expect(gone.aborted).toBe(false);
  hangUp();
  await once(gone, 'abort');
});

it('aborts at once when a client had hung up before', async () => {
  const { response, hangUp } = await called();
  const closed = once(response, 'close');
  hangUp();
  await closed;
  expect(abortOnDisconnect(response).aborted).toBe(true);
});
