/** `npm run order`: places an order as a shop would, and follows it to its end. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Order } from '#libs/client/openapi';
import { everyOrderEvent } from '#libs/client/order-events';
import { answered, createShopClient, Refused, type ShopClient } from '#libs/client/shop-client';
import { runCommand } from '#libs/command/run-command';
import { environmentFor } from '#libs/config/environment';
import { isEnd } from '#libs/domain/order/states';
import { ExplainedError } from '#libs/explained-error';
import { formatPrice } from '#libs/mail/price';

import { dataFault } from '../stack/kept-data.js';
import { followKeptPorts } from '../stack/kept-ports.js';
import { apiUrl } from '../stack/local-settings.js';
import { keptSecret } from '../stack/secrets.js';
import { ORDER, orderFrom } from './order-command.js';

/** How often the order is read, in milliseconds. */
const POLL_INTERVAL = 250;

class NotPlaced extends ExplainedError {
  override readonly name = 'NotPlaced';
}

async function placeAndFollow(body: ReturnType<typeof orderFrom>): Promise<void> {
  followKeptPorts(process.env);
  const { api } = environmentFor(['api']);
  const url = apiUrl(api);
  const key = process.env['API_KEY'] ?? keptSecret('api-key');
  if (key === undefined)
    throw new NotPlaced('There is no API key: start the stack with npm start, or set API_KEY.');
  const client = createShopClient({ url, key });
  client.use({
    onError: ({ error }) =>
      new NotPlaced(
        `There is no answer at ${url}. Start the stack with: npm start, or say with API_PORT where it is`,
        { cause: error },
      ),
  });

  const header = { 'Idempotency-Key': randomUUID() };
  const order = await answered(client.POST('/orders', { params: { header }, body }));
  console.log(`${order.number}  ${formatPrice(order.totals.total, order.currency)}  ${order.id}`);
  console.log(`${order.status} → ${await follow(order, client)}`);
}

/** Prints each event as it appears, and what the order waits for. @returns how the order ended */
async function follow({ id, currency }: Order, client: ShopClient): Promise<string> {
  const params = { path: { id } };
  let seen = 0;
  let waiting = '';
  for (;;) {
    const events = await everyOrderEvent(client, id);
    for (const event of events.slice(seen)) {
      console.log(
        `  ${event.at.slice(11, 23)}  ${event.type.padEnd(26)}${event.actor.padEnd(16)}${changesText(event.changes, currency)}`,
      );
    }
    seen = events.length;
    const order = await answered(client.GET('/orders/{id}', { params }));
    const { waitingFor, attention } = order;
    const now = [
      ...(waitingFor
        ? [
            `waits in ${waitingFor.step}${waitingFor.lastError ? `: ${waitingFor.lastError}, attempt ${waitingFor.attempt}` : ''}`,
          ]
        : []),
      ...attention.map(
        ({ kind, step, reason }) => `needs a person: ${kind} in ${step ?? 'no step'}, ${reason}`,
      ),
    ].join('; ');
    if (now !== waiting && now !== '') console.log(`                ${now}`);
    waiting = now;
    const closed = events.some(({ type }) => type === 'order.closed');
    if (isEnd(order.status) && closed) {
      return `${order.status}, payment ${order.payment}${order.endReason ? `, because ${order.endReason.code}` : ''}`;
    }
    await sleep(POLL_INTERVAL);
  }
}

function changesText(changes: Readonly<Record<string, unknown>>, currency: string): string {
  return Object.entries(changes)
    .map(([name, value]) => {
      if (name === 'amount' && typeof value === 'number') return `${name} ${formatPrice(value, currency)}`;
      const moved = typeof value === 'object' && value !== null && 'to' in value;
      return moved ? `${name} ${String(value.to)}` : `${name} ${JSON.stringify(value)}`;
    })
    .join(', ');
}

await runCommand(
  ORDER,
  ({ options }) => placeAndFollow(orderFrom(options)),
  (error) => (error instanceof Refused ? error.message : dataFault(error)),
);
