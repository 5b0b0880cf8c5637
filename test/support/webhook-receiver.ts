import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A message as it arrived. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly orderId: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly at: number;
}

/** Answers a message, the n-th with this id from 1. */
type Answer = (response: ServerResponse, nth: number) => void;

/** A shop's server on loopback, and what was sent to it. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** How it answers from now on. */
  answer: Answer;
  close(): Promise<void>;
}

const accept: Answer = (response) => void response.writeHead(204).end();

export async function receiveWebhooks(answer: Answer = accept): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void read(request).then((message) => {
      received.push(message);
      receiver.answer(response, received.filter(({ id }) => id === message.id).length);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver is closed');
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${address.port}/order-events?token=not-to-be-logged`,
    received,
    answer,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
  return receiver;
}

async function read(request: IncomingMessage): Promise<Received> {
  const body = await buffer(request);
  const event: { type: string; data: { order?: { id: string } } } = JSON.parse(body.toString('utf8'));
  return {
    id: String(request.headers['webhook-id']),
    type: event.type,
    orderId: event.data.order?.id,
    headers: request.headers,
    body,
    at: Date.now(),
  };
}
