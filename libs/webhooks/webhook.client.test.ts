import { createServer, type Server, type Socket } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { TargetPolicy } from './target-policy.js';
import { WebhookClient } from './webhook.client.js';

const servers: Server[] = [];
const clients: WebhookClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) server.close();
});

/** A receiver that answers in bytes of its own choice. @returns what an attempt came to */
async function posted(answer: (socket: Socket) => void, timeout = 20_000) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  servers.push(server);
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  const client = new WebhookClient(new TargetPolicy(['loopback']), timeout);
  clients.push(client);
  return client.post(`http://127.0.0.1:${port}/`, '{}', {}, new AbortController().signal);
}

it('an attempt ends where the receiver changes the protocol', async () => {
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n';
  expect(await posted((socket) => socket.write(answer))).toMatchObject({ failure: 'connection' });
});

it('headers of more than 16 KiB are not read', async () => {
  const header = `X-Long: ${'x'.repeat(20_000)}\r\n`;
  expect(await posted((socket) => socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n`))).toMatchObject({
    failure: 'connection',
  });
});

it('an answer without end has delivered by its status, and its beginning is kept', async () => {
  const outcome = await posted((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `1000\r\n${'y'.repeat(4_096)}\r\n`;
    const more = setInterval(() => socket.write(chunk), 5);
    socket.on('close', () => clearInterval(more));
  });
  expect(outcome).toMatchObject({ failure: null, status: 200, answer: 'y'.repeat(500) });
});

it('an attempt ends in time where headers come slowly', async () => {
  const outcome = await posted((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = setInterval(() => socket.write('X-More: y\r\n'), 20);
    socket.on('close', () => clearInterval(more));
  }, 500);
  expect(outcome).toMatchObject({ failure: 'timeout', status: null });
});

it('attempts to a host whose name server does not answer look it up once, and end in time', async () => {
  let asked = 0;
  const client = new WebhookClient(new TargetPolicy(['loopback']), 200, () => {
    asked++;
    return new Promise(() => undefined);
  });
  const attempt = () => client.post('https://shop.example/', '{}', {}, new AbortController().signal);
  const outcomes = await Promise.all([attempt(), attempt(), attempt()]);
  expect(outcomes.map(({ failure }) => failure)).toEqual(['timeout', 'timeout', 'timeout']);
  expect(asked).toBe(1);
});

it('a host is looked up anew for each connection, and refused where it has any private address', async () => {
  const answers = [
    [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.7', family: 4 },
    ],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
    [{ address: '64:ff9b::7f00:1', family: 6 }],
    [{ address: '0.0.0.0', family: 4 }],
    [],
  ];
  let asked = 0;
  const client = new WebhookClient(new TargetPolicy(), 2_000, async () => answers[asked++] ?? []);
  for (const _ of answers)
    expect(await client.post('https://shop.example/', '{}', {}, new AbortController().signal)).toMatchObject({
      failure: 'address',
    });
  expect(asked).toBe(answers.length);
});
