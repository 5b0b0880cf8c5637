import { once } from 'node:events';
import { createServer } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { freePort, isListening, PortsTaken, requireFreePorts } from './ports.js';

const servers: { close(): unknown }[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function taken(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

test('free ports pass', async () => {
  const port = await freePort();
  await requireFreePorts([{ variable: 'API_PORT', port, use: 'the API' }]);
  expect(await isListening(port)).toBe(false);
});

test('every taken port is named with what to do, whatever address it is taken on', async () => {
  const api = await taken('127.0.0.1');
  const smtp = await taken('0.0.0.0');
  const refusal = requireFreePorts([
    { variable: 'API_PORT', port: api, use: 'the API' },
    { variable: 'SMTP_PORT', port: smtp, use: 'SMTP' },
  ]);
  await expect(refusal).rejects.toThrow(PortsTaken);
  await expect(refusal).rejects.toThrow(`port ${api} for the API is taken by another program`);
  await expect(refusal).rejects.toThrow(`port ${smtp} for SMTP is taken by another program`);
  await expect(refusal).rejects.toThrow(`API_PORT=${api + 1} SMTP_PORT=${smtp + 1} npm start`);
});

test('one port for two parts is refused', async () => {
  const port = await freePort();
  await expect(
    requireFreePorts([
      { variable: 'API_PORT', port, use: 'the API' },
      { variable: 'INBOX_PORT', port, use: 'the inbox' },
    ]),
  ).rejects.toThrow(`port ${port} is given to API_PORT and INBOX_PORT`);
});

test('a free port is below those the system gives to connections, and given out once', async () => {
  const ports = await Promise.all(Array.from({ length: 5 }, freePort));
  expect(new Set(ports).size).toBe(5);
  for (const port of ports) expect(port).toBeLessThan(32_768);
});
