import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../../../../test/support/eventually.js';
import { ConnectionDrain } from './connection-drain.js';

describe('a server whose connections are to end', () => {
  let server: Server;
  let drain: ConnectionDrain;
  let held: ServerResponse[];
  let port: number;
  beforeEach(async () => {
    held = [];
    server = createServer((_, response) => void held.push(response));
    drain = new ConnectionDrain(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const REQUEST = 'GET / HTTP/1.1\r\nHost: shop\r\n\r\n';
  async function send(data: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined).write(data);
    return socket;
  }
  const taken = (count: number) =>
    eventually(
      () => held.length,
      (length) => length === count,
    );
  /** Answers held requests in order, until the connection ends. @returns for each whether it announced the end */
  async function answers(socket: Socket): Promise<boolean[]> {
    for (const response of held) response.end();
    const [, ...each] = (await text(socket)).split('HTTP/1.1 200');
    return each.map((answer) => answer.includes('\r\nConnection: close\r\n'));
  }

  it('announces the close in an answer to an earlier request', async () => {
    const socket = await send(REQUEST);
    await taken(1);
    drain.begin();
    expect(await answers(socket)).toEqual([true]);
  });

  it('announces the close in an answer to a later request', async () => {
    const socket = await send('');
    drain.begin();
    socket.write(REQUEST);
    await taken(1);
    expect(await answers(socket)).toEqual([true]);
  });

  it('answers all of several pipelined requests, and announces the close in the last', async () => {
    const socket = await send(REQUEST);
    await taken(1);
    drain.begin();
    socket.write(REQUEST + REQUEST);
    await taken(3);
    expect(await answers(socket)).toEqual([false, false, true]);
  });

  it('closes at once where no request has arrived in full, and nowhere else', async () => {
    const whole = await send(REQUEST);
    await taken(1);
    const others = [await send(''), await send('GET / HTTP/1.1\r\n')];
    const closed = others.map((socket) => new Promise((resolve) => void socket.once('close', resolve)));
    drain.begin();
    drain.closeIncomplete();
    await Promise.all(closed);
    expect(await answers(whole)).toEqual([true]);
  });
});
