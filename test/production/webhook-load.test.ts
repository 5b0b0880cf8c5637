import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { freePort } from '../../dev/stack/processes/ports.js';
import { answered } from '#libs/client/shop-client';
import { EVENT_TYPES } from '#libs/domain/events/event-types';

import { eventually } from '../support/eventually.js';
import { System } from '../support/system.js';
import { openTestDatabase } from '../support/test-database.js';

/** Ten is the load of the requirement; less shows the same in less time. */
const MINUTES = Number(process.env['WEBHOOK_MINUTES'] ?? 1);
const EVENTS_A_SECOND = 50;
/** Each type has five endpoints. */
const TYPES = EVENT_TYPES.slice(0, 20);
const EACH = 5;
/** Less than the time-out: what the slow receiver gets is delivered, only late. */
const SLOW = 10_000;
const BETWEEN_KILLS = 20_000;
/** Milliseconds, for 99 % of what goes to other endpoints. */
const LIMIT = 2_000;

/** What arrived first of an event at an endpoint: milliseconds after its change. */
type Arrivals = Map<string, number>;

const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;

it(
  `100 endpoints, 50 events a second to five each: a dead and a slow one hold up no other, and no kill loses one`,
  async () => {
    const arrivals = new Map<string, Arrivals>();
    let repeats = 0;
    const receiver = createServer((request, response) => {
      const endpoint = request.url?.slice(1) ?? '';
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { id, time }: { id: string; time: string } = JSON.parse(Buffer.concat(chunks).toString());
        const seen = arrivals.get(endpoint) ?? new Map<string, number>();
        arrivals.set(endpoint, seen);
        if (seen.has(id)) repeats++;
        else seen.set(id, Date.now() - Date.parse(time));
        setTimeout(() => response.writeHead(204).end(), endpoint === 'slow' ? SLOW : 0);
      });
    });
    await new Promise<void>((listening) => void receiver.listen(0, '127.0.0.1', listening));
    const address = receiver.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const system = await System.start({ processes: 2, booksDiffer: true });
    const database = openTestDatabase(system.databaseUrl);
    try {
      const dead = `http://127.0.0.1:${await freePort()}/dead`;
      const others: { readonly name: string; readonly type: string }[] = [];
      for (const [index, type] of TYPES.entries())
        for (let each = 0; each < EACH; each++) {
          const name = index === 0 && each === 1 ? 'slow' : `${type}-${each}`;
          const isDead = index === 0 && each === 0;
          if (!isDead && name !== 'slow') others.push({ name, type });
          await answered(
            system.shop.POST('/webhook-endpoints', {
              params: { header: { 'Idempotency-Key': randomUUID() } },
              body: { url: isDead ? dead : `${url}/${name}`, events: [type] },
            }),
          );
        }

      const end = Date.now() + MINUTES * 60_000;
      const written = new Map<string, string[]>(TYPES.map((type) => [type, []]));
      const write = async () => {
        const begin = Date.now();
        for (let count = 0; Date.now() < end; count += EVENTS_A_SECOND / 10) {
          const types = Array.from(
            { length: EVENTS_A_SECOND / 10 },
            (_, at) => TYPES[(count + at) % TYPES.length] ?? '',
          );
          const rows = await database.$queryRaw<{ id: string; type: string }[]>`
            INSERT INTO outbox_event (type, order_id, data)
            SELECT type, uuidv7(), '{"order":{}}' FROM unnest(${types}::text[]) AS type RETURNING id, type`;
          for (const { id, type } of rows) written.get(type)?.push(id);
          await delay(
            Math.max(0, begin + ((count + EVENTS_A_SECOND / 10) / EVENTS_A_SECOND) * 1_000 - Date.now()),
          );
        }
      };
      let kills = 0;
      const kill = async () => {
        while (Date.now() + BETWEEN_KILLS < end) {
          await delay(BETWEEN_KILLS);
          await system.replaceOne('worker', kills % 2);
          kills++;
        }
      };
      await Promise.all([write(), kill()]);

      const missing = () =>
        others.flatMap(({ name, type }) =>
          (written.get(type) ?? []).filter((id) => !arrivals.get(name)?.has(id)),
        );
      await eventually(missing, ({ length }) => length === 0, 120_000);
      const delays = others.flatMap(({ name }) => [...(arrivals.get(name)?.values() ?? [])]);
      const events = [...written.values()].flat().length;
      const figures = {
        minutes: MINUTES,
        events,
        deliveries: delays.length,
        kills,
        repeats,
        p50: percentile(delays, 0.5),
        p99: percentile(delays, 0.99),
        max: Math.max(...delays),
        toSlow: arrivals.get('slow')?.size ?? 0,
      };
      console.table(figures);
      expect(figures.p99).toBeLessThan(LIMIT);
    } finally {
      await database.$disconnect();
      await system.close();
      receiver.closeAllConnections();
      receiver.close();
    }
  },
  MINUTES * 60_000 + 400_000,
);
