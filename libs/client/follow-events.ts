import { setTimeout as delay } from 'node:timers/promises';

import type { Event } from './openapi.js';
import { answered, ForeignAnswer, Refused, type ShopClient } from './shop-client.js';

interface Followed {
  /** Left out, the events of all orders. */
  readonly orderId?: string;
  /** Left out, all types. */
  readonly types?: Event['type'][];
  /** The `sequence` of the event read last; left out, what happens from now on is told. */
  readonly after?: string;
  /** Ends the loop. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the stream is opened again; 90 s unless set. The API sends one each 15 s. */
  readonly silence?: number;
}

export interface FollowOptions extends Followed {
  /** Called where events are gone that were not read, before the stream goes on: read the orders that you follow. */
  readonly onReset: () => void | Promise<void>;
}

/** The fields of a message of Server-Sent Events. */
type Message = Readonly<Record<string, string>>;

/** Milliseconds until the stream is opened again, unless the API says otherwise. */
const RETRY = 2_000;
/** Longer than the API may take between two heartbeats. */
const SILENCE = 90_000;

/**
 * Events as they happen, each once and in order. A stream that breaks is opened again behind the last event: keep the
 * `sequence` of what you have processed, and give it as `after` once your process has started again.
 *
 * @throws Refused where the API does not allow it; it is asked again while it has no room or is not available
 * @throws ForeignAnswer where something else answers at the address, and it is no outage
 */
export async function* followEvents(
  client: ShopClient,
  { onReset, ...followed }: FollowOptions,
): AsyncGenerator<Event, void> {
  for await (const { event, data } of everyMessage(client, followed)) {
    if (event === 'reset') await onReset();
    else if (data !== undefined) yield JSON.parse(data) as Event;
  }
}

async function* everyMessage(client: ShopClient, followed: Followed): AsyncGenerator<Message, void> {
  const { after, signal, silence = SILENCE } = followed;
  const isOver = () => signal?.aborted ?? false;
  let last = after;
  let retry = RETRY;
  while (!isOver()) {
    let pause: number | undefined;
    try {
      for await (const message of messagesOf(await opened(client, followed, last), silence)) {
        last = message['id'] ?? last;
        retry = Number(message['retry'] ?? retry);
        yield message;
      }
    } catch (error) {
      if (isLasting(error)) throw error;
      if (error instanceof Refused && error.retryAfter !== undefined) pause = error.retryAfter * 1_000;
    }
    await delay(pause ?? retry, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether the same call would be answered alike. */
function isLasting(error: unknown): boolean {
  if (error instanceof Refused) return error.retryAfter === undefined && error.problem.status < 500;
  return error instanceof ForeignAnswer && error.status < 500;
}

async function opened(
  client: ShopClient,
  { orderId, types, signal }: Followed,
  last: string | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const header = last === undefined ? {} : { 'Last-Event-ID': last };
  const call = { parseAs: 'stream', signal } as const;
  const params = { query: { types }, header };
  const body = await answered(
    orderId === undefined
      ? client.GET('/events/stream', { ...call, params })
      : client.GET('/orders/{id}/events/stream', { ...call, params: { ...params, path: { id: orderId } } }),
  );
  if (body === null) throw new TypeError('a stream has a body');
  return body;
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html, as far as the API uses it. */
async function* messagesOf(body: ReadableStream<Uint8Array>, silence: number): AsyncGenerator<Message, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of bytesOf(body, silence)) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield messageOf(block);
  }
}

/** Ends with the stream, or where nothing comes for too long: a connection may be lost without a sign. */
async function* bytesOf(body: ReadableStream<Uint8Array>, silence: number): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  const cancel = () => reader.cancel().catch(() => undefined);
  try {
    for (;;) {
      const timer = setTimeout(() => void cancel(), silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } finally {
    await cancel();
  }
}

/** A line without a name is a comment. */
const messageOf = (block: string): Message =>
  Object.fromEntries(
    Array.from(block.matchAll(/^(\w+): ?(.*?)\r?$/gm), ([, name = '', value = '']) => [name, value]),
  );
