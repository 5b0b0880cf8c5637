import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type HttpLimits, httpServer } from './http-server.js';

const LIMITS: HttpLimits = { requestTimeout: 900, keepAliveTimeout: 300, maxConnections: 20 };

let server: Server;
let sockets: Socket[];
/** Ends requests in progress. */
let finish: () => void;

beforeEach(async () => {
  sockets = [];
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  server = httpServer(LIMITS, pino({ level: 'silent' }), (request, response) => {
    void text(request).then(
      async (body) => {
        if (request.url === '/slow') await finished;
        response.end(body || 'served');
      },
      () => {},
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  finish();
  server.close();
  server.closeAllConnections();
});

const port = () => {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};
const served = async () => (await fetch(`http://127.0.0.1:${port()}/`)).text();

async function open(start = ''): Promise<Socket> {
  const socket = connect(port(), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(start);
  return socket;
}

/** Sends a piece at intervals until the connection ends. */
async function dribble(socket: Socket, piece: string): Promise<void> {
  while (socket.writable && !socket.readableEnded) {
    socket.write(piece);
    await pause(50);
  }
}

/** What a client reads until the connection ends. */
async function answerTo(socket: Socket): Promise<{ head: string; problem: unknown }> {
  const [head = '', body = 'null'] = (await text(socket)).split('\r\n\r\n');
  return { head, problem: JSON.parse(body || 'null') };
}

describe('an incomplete or malformed request', () => {
  it.each([
    ['a line that is not HTTP', 'HELLO\r\n\r\n', 400, 'malformed_request'],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'malformed_request'],
    ['a header with a NUL', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400, 'malformed_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'a chunk of no length',
      'POST /orders?a=b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
      400,
      'malformed_request',
    ],
    [
      'a header that is too long',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['an address that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431, 'headers_too_large'],
    ['a tunnel', 'CONNECT example.com:80 HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'method_not_allowed'],
  ])('is answered with a problem, too: %s', async (_, request, status, code) => {
    const { head, problem } = await answerTo(await open(request));
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} \\w`));
    expect(head).toContain('Content-Type: application/problem+json');
    const id = /X-Request-Id: ([0-9a-f-]{36})/.exec(head)?.[1];
    expect(problem).toMatchObject({ type: `/problems/${code}`, status, code, requestId: id });
  });

  it('keeps the id that the request came with, once that is known', async () => {
    const start = 'POST /orders?a=b HTTP/1.1\r\nHost: a\r\nX-Request-Id: shop-1\r\n';
    const { problem } = await answerTo(await open(`${start}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`));
    expect(problem).toMatchObject({ requestId: 'shop-1', instance: '/orders' });
  });

  it('is not taken for the answer to the request before it', async () => {
    const arrived = once(server, 'request');
    const socket = await open('POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await arrived;
    socket.write('garbage\r\n\r\n');
    expect(await text(socket).catch(() => '')).toBe('');
    expect(await served()).toBe('served');
  });
});

describe('a slow client', () => {
  it.each([
    ['headers', 'GET / HTTP/1.1\r\nHost: a\r\n', 'X-A: b\r\n', LIMITS.requestTimeout / 3],
    ['a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n', 'x', LIMITS.requestTimeout],
    [
      'a body in chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
      '1\r\nx\r\n',
      LIMITS.requestTimeout,
    ],
    ['nothing', '', '', LIMITS.requestTimeout / 3],
  ])('that sends %s slowly is cut off, and others are served meanwhile', async (_, start, piece, after) => {
    const began = Date.now();
    const slow = await open(start);
    const dribbling = dribble(slow, piece);
    const answer = answerTo(slow);
    expect(await served()).toBe('served');
    const { head, problem } = await answer;
    expect(head).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    expect(problem).toMatchObject({ code: 'request_timeout' });
    expect(Date.now() - began).toBeGreaterThanOrEqual(after - 50);
    expect(Date.now() - began).toBeLessThan(after + 3_000);
    await dribbling;
  });

  it('is not a client whose answer takes long', async () => {
    const socket = await open(
      'POST /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    );
    const answer = text(socket);
    await pause(LIMITS.requestTimeout + 600);
    finish();
    expect(await answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*ok/);
  });

  it('cannot keep others out by opening connections, and cuts off no request in progress', async () => {
    const worked = await open(
      'POST /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    );
    const answer = text(worked);
    const starts = ['', 'GET / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n'];
    for (let n = 0; n < LIMITS.maxConnections * 3; n += 1) await open(starts[n % starts.length]);
    for (let n = 0; n < 10; n += 1) expect(await served()).toBe('served');
    finish();
    expect(await answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*ok/);
  });
});

describe('a connection', () => {
  it('is kept for another request, for a while', async () => {
    const socket = await open('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    const began = Date.now();
    await once(socket.resume(), 'close');
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it('accepts a request with an unknown expectation', async () => {
    const socket = await open('GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK/);
  });
});
