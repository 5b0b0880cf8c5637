import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

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

it('aborts each of several pipelined requests when their client hangs up', async () => {
  const { port } = server.address() as AddressInfo;
  const gone: AbortSignal[] = [];
  const take = (_: unknown, response: ServerResponse) => void gone.push(abortOnDisconnect(response));
  server.on('request', take);
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: shop\r\n\r\n'.repeat(2));
  await expect.poll(() => gone.length).toBe(2);
  socket.destroy();
  await expect.poll(() => gone.map(({ aborted }) => aborted)).toEqual([true, true]);
  server.off('request', take);
});

it('keeps nothing of a request that is over on a connection that stays open', async () => {
  const { response, hangUp } = await called();
  const { socket } = response.req;
  const before = socket.listenerCount('close');
  abortOnDisconnect(response);
  response.end();
  await once(response, 'close');
  expect(socket.listenerCount('close')).toBeLessThanOrEqual(before);
  hangUp();
});
