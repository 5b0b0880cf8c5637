import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { followEvents } from './follow-events.js';
import { createShopClient, ForeignAnswer } from './shop-client.js';

let server: Server;
let answers: ((response: ServerResponse) => void)[];
let askedAfter: (string | undefined)[];

beforeEach(async () => {
  answers = [];
  askedAfter = [];
  server = createServer((request, response) => {
    askedAfter.push(request.headers['last-event-id']?.toString());
    const answer = answers.shift();
    if (answer) answer(response);
    else response.destroy();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const page = (status: number) => (response: ServerResponse) =>
  void response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>No API here</h1>');
/** A stream that stays open after its events. */
const stream =
  (...sequences: number[]) =>
  (response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('retry: 10\n\n');
    for (const sequence of sequences) response.write(`id: ${sequence}\ndata: {"sequence":${sequence}}\n\n`);
  };

async function followed(count: number): Promise<number[]> {
  const { port } = server.address() as AddressInfo;
  const client = createShopClient({ url: `http://127.0.0.1:${port}`, key: 'op_key' });
  const sequences: number[] = [];
  for await (const { sequence } of followEvents(client, { onReset: () => undefined, silence: 200 })) {
    sequences.push(sequence);
    if (sequences.length === count) break;
  }
  return sequences;
}

it('goes on behind the last event where a connection has become silent', async () => {
  answers = [stream(1, 2), stream(3)];
  expect(await followed(3)).toEqual([1, 2, 3]);
  expect(askedAfter).toEqual([undefined, '2']);
});

it('is asked again while a proxy answers that the API is away', async () => {
  answers = [stream(1), page(502), stream(2)];
  expect(await followed(2)).toEqual([1, 2]);
  expect(askedAfter).toEqual([undefined, '1', '1']);
});

it('ends with the error where something else is at the address', async () => {
  answers = [page(404)];
  await expect(followed(1)).rejects.toThrow(ForeignAnswer);
});
