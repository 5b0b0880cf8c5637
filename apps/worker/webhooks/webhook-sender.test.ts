import { expect, it } from 'vitest';

import type { Take, TakenDelivery } from '#libs/persistence/webhooks/webhook-delivery.repository';
import { createLogger } from '#libs/telemetry/logger';

import { WebhookSender } from './webhook-sender.js';

const LIMITS = { concurrency: 200, perEndpoint: 10, timeout: 15_000, disableAfter: 432_000_000 };

const delivery = (id: number, endpointId: string): TakenDelivery => ({
  id: `delivery ${id}`,
  endpointId,
  eventId: `event ${id}`,
  fence: 1,
  tries: 0,
  isReplayed: false,
  url: 'https://shop.example/',
  secrets: ['sealed'],
  payload: { id: `event ${id}`, type: 'order.placed', time: '2026-01-01T10:00:00.000Z', data: {} },
  failures: 0,
  failingFor: 0,
});

it('slow endpoints, however many, leave room for one that is not', async () => {
  const takes: Take[] = [];
  const busy = new Map<string, number>();
  let made = 0;
  let lastTaken = -1;
  // Forty endpoints that do not answer, and of which much waits.
  const slow = Array.from({ length: 40 }, (_, index) => `endpoint ${index}`);
  const take = async (asked: Take) => {
    takes.push(asked);
    const taken: TakenDelivery[] = [];
    for (let place = 0; place < asked.perEndpoint; place++)
      for (const id of slow) {
        const before = busy.get(id) ?? 0;
        if (before > place || before >= asked.perEndpoint || taken.length === asked.limit) continue;
        busy.set(id, before + 1);
        taken.push(delivery(made++, id));
      }
    lastTaken = taken.length;
    return taken;
  };
  const sender = new WebhookSender(
    { take, settle: async () => [], release: async () => undefined },
    { proceed: async () => null },
    { post: (_url, _body, _headers, stopping) => answerless(stopping) },
    { open: () => `whsec_${Buffer.from('a secret of a test').toString('base64')}` },
    LIMITS,
    createLogger('test', 'silent'),
  );
  sender.start();
  await expect.poll(() => lastTaken).toBe(0);
  await sender.stop();
  expect(takes[0]).toMatchObject({ limit: 100, perEndpoint: 10 });
  expect(takes.at(-1)?.limit).toBeGreaterThan(0);
  expect(Math.min(...busy.values())).toBeGreaterThan(0);
});

const answerless = (stopping: AbortSignal) =>
  new Promise<never>((_, reject) => {
    stopping.addEventListener('abort', () => reject(new Error('stopped')));
  });
