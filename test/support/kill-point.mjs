import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

import { activityInfo } from '@temporalio/activity';

/**
 * Loaded into a worker process (`node --import`) that a test is about to kill. Holds each order of KILL_POINTS
 * where it is to die: there the attempt neither continues nor ends, and a line `held at its point: <order id>`
 * reports that it got there. So one `kill -9` finds every one of them at exactly its point, and no other activity
 * running. An order is held once.
 *
 * A test that resumes an attempt names the moment in HELD_MOMENT_FILE instead, while the worker runs: the first
 * attempt that reaches it, of any order, is held until the file no longer names it.
 */

/** What an attempt calls, by its name in a point. */
const CALLED = {
  'libs/payments/stripe.gateway.js': {
    StripeGateway: ['createIntent', 'confirmIntent', 'captureIntent', 'cancelIntent', 'createRefund'],
  },
  'libs/shipping/carrier.client.js': { CarrierClient: ['createShipment', 'cancelShipment'] },
  'libs/mail/smtp.mailer.js': { SmtpMailer: ['send'] },
};
const STATEMENTS = { 'libs/persistence/generated/client.js': { PrismaClient: ['$queryRaw', '$executeRaw'] } };

/** The type of an event in the audit trail. */
const FACT = /^[a-z]+\.[a-z_]+$/;

/** Points that nothing has reached yet, by order id. */
const points = new Map(Object.entries(JSON.parse(process.env['KILL_POINTS'] ?? '{}')));
const attempts = new AsyncLocalStorage();

const FILE = process.env['HELD_MOMENT_FILE'];
let taken;

/** @returns {{ id: string, moment: string } | null} */
function heldMoment() {
  try {
    return FILE === undefined ? null : JSON.parse(readFileSync(FILE, 'utf8'));
  } catch {
    return null;
  }
}

/** Waits at a moment that a test has named. */
async function stand(moment) {
  const attempt = attempts.getStore();
  const held = attempt && heldMoment();
  if (held?.moment !== moment || held.id === taken) return;
  taken = held.id;
  process.stdout.write(`stands still at ${held.id}: ${attempt.orderId}\n`);
  while (heldMoment()?.id === held.id) await delay(20);
}

async function reach(moment) {
  await stand(moment);
  const attempt = attempts.getStore();
  const point = attempt && points.get(attempt.orderId);
  if (point?.activity !== attempt?.activity || point?.moment !== moment) return;
  points.delete(attempt.orderId);
  process.stdout.write(`held at its point: ${attempt.orderId}\n`);
  await new Promise(() => undefined);
}

/** Runs `work` between two moments; it has ended when it failed, too. */
async function between(first, work, last) {
  await reach(first);
  try {
    return await work();
  } finally {
    await reach(last);
  }
}

/** Puts `wrap(original)` in the place of each method. @throws Error when there is no such method any more */
async function replace(modules, wrap) {
  for (const [file, classes] of Object.entries(modules)) {
    const loaded = await import(new URL(`../../dist/${file}`, import.meta.url).href);
    for (const [name, methods] of Object.entries(classes)) {
      for (const method of methods) {
        const original = loaded[name]?.prototype[method];
        if (typeof original !== 'function')
          throw new Error(`${file} has no ${name}.${method} to be killed at`);
        loaded[name].prototype[method] = wrap(original, `${name}.${method}`);
      }
    }
  }
}

// Workflows run in threads; activities run in the main thread.
if (isMainThread) {
  await replace(
    { 'apps/worker/telemetry/activity.interceptor.js': { OrderActivityInterceptor: ['execute'] } },
    (execute) =>
      function (input, next) {
        // Within the interceptor, whose heartbeats continue: a held attempt is alive until it is killed.
        const held = (given) => {
          const attempt = { orderId: given.args[0], activity: activityInfo().activityType };
          return attempts.run(attempt, () => between('before', () => next(given), 'after'));
        };
        return execute.call(this, input, held);
      },
  );
  await replace(
    CALLED,
    (method, name) =>
      function (...given) {
        return between(`leaving ${name}`, () => method.apply(this, given), `answered ${name}`);
      },
  );
  await replace(
    STATEMENTS,
    (method) =>
      function (query, ...values) {
        const pending = method.call(this, query, ...values);
        // Outside an attempt it stays what the client makes of it, which may be part of a transaction.
        if (!attempts.getStore()) return pending;
        const writes = /INSERT INTO|\bSET\b/.test((query.strings ?? query).join(' '));
        const given = Array.isArray(query) ? values : query.values;
        const facts = given.filter((value) => typeof value === 'string' && FACT.test(value));
        return between('stating', () => pending, writes ? 'written' : 'read').then(async (answer) => {
          for (const fact of writes ? facts : []) await stand(`wrote ${fact}`);
          return answer;
        });
      },
  );
}
