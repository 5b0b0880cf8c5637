import { createServer, type Server } from 'node:http';

import express, { type ErrorRequestHandler, type Express } from 'express';

import type { Logger } from '#libs/telemetry/logger';

import { carrierRouter } from './carrier/carrier.routes.js';
import { Journeys } from './carrier/journeys.js';
import { Parcels } from './carrier/parcels.js';
import { shipmentsRouter } from './carrier/shipments.routes.js';
import { TrackingNumbers, trackingNumbersRouter } from './carrier/tracking-numbers.js';
import { carrierRequest } from './carrier/webhook-request.js';
import { Faults } from './faults.js';
import { faultsRouter } from './faults.routes.js';
import { expanded } from './gateway/expand.js';
import type { EventWebhooks } from './gateway/events.js';
import { Gateway } from './gateway/gateway.js';
import { controlRouter } from './gateway/control.routes.js';
import { gatewayOff, gatewayRouter } from './gateway/gateway.routes.js';
import { IdempotencyKeys } from './gateway/idempotency-keys.js';
import { ObjectLocks } from './gateway/object-locks.js';
import { Operations } from './gateway/operations.js';
import { answerProblem, Problem } from './problem.js';
import { SandboxState } from './sandbox-state.js';
import { readStateFile, StateFile } from './state-file.js';
import { WebhookOutbox, type WebhookPolicy } from './webhook-outbox.js';
import { WrongAnswers } from './wrong-answers.js';
import { wrongAnswersRouter } from './wrong-answers.routes.js';

export interface SandboxOptions {
  /** Where it listens; loopback by default. */
  readonly host?: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Where the carrier sends its webhooks. */
  readonly carrierWebhookUrl: string;
  /** `whsec_…`; signs them. */
  readonly carrierSecret: string;
  /** From the label to the delivery, in milliseconds; null when parcels move only by hand. */
  readonly deliveryAfter: number | null;
  readonly logger: Logger;
  /** False where real Stripe is used; the default is true. */
  readonly gateway?: boolean;
  /** Where the gateway sends its events, and the secret that signs them; left out, none are sent. */
  readonly gatewayWebhooks?: EventWebhooks | undefined;
  /** How long banks take to decide, in milliseconds; null, the default, when they decide only by hand. */
  readonly settleAfter?: number | null;
  /** Keeps the state across restarts; without the file, the state ends with the process. */
  readonly stateFile?: string;
  /** How long an idempotency key is known, in milliseconds; the default is Stripe's 24 hours. */
  readonly idempotencyKeyLifetime?: number;
  readonly webhookPolicy?: WebhookPolicy;
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const DAY = 86_400_000;
const WEBHOOK_POLICY: WebhookPolicy = { firstPause: 500, longestPause: 30_000, giveUpAfter: 600_000 };

/** Starts the providers of a laptop: a gateway with Stripe's API, and a carrier. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { logger, stateFile } = options;
  const saved = stateFile === undefined ? undefined : await readStateFile(stateFile);
  const file =
    stateFile === undefined
      ? undefined
      : new StateFile(
          stateFile,
          () => state,
          (err) => logger.error({ err }, 'the state could not be written'),
        );
  const state = new SandboxState(saved, () => file?.touch());
  const closing = new AbortController();

  const faults = new Faults();
  const wrong = new WrongAnswers();
  const numbers = new TrackingNumbers();
  const keys = new IdempotencyKeys(state.answers, options.idempotencyKeyLifetime ?? DAY);
  const webhookPolicy = options.webhookPolicy ?? WEBHOOK_POLICY;
  const gateway = new Gateway(state, {
    webhooks: options.gatewayWebhooks,
    webhookPolicy,
    settleAfter: options.settleAfter ?? null,
    gaveUp: (event) => logger.warn(event, 'no receiver accepted an event'),
  });
  const operations = new Operations(
    keys,
    new ObjectLocks(),
    faults,
    wrong,
    (answer, expand) => expanded(state, answer, expand),
    closing.signal,
  );
  const outbox = new WebhookOutbox(state.webhooks, webhookPolicy, {
    url: options.carrierWebhookUrl,
    subjectOf: ({ trackingNumber }) => trackingNumber,
    request: carrierRequest(options.carrierSecret),
    settled: ({ trackingNumber, id, type }, how) => {
      parcels.noteWebhook(trackingNumber, id, how);
      if (how === 'given_up') logger.warn({ trackingNumber, id, type }, 'no receiver accepted a webhook');
    },
  });
  const journeys = new Journeys(state.stops, options.deliveryAfter, ({ trackingNumber, type }) => {
    parcels.report(trackingNumber, type);
  });
  const parcels = new Parcels(state, journeys, outbox, numbers);

  const app = express();
  app.disable('x-powered-by');
  // Stripe's lists take nested parameters, such as created[gte].
  app.set('query parser', 'extended');
  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.use('/v1', options.gateway === false ? gatewayOff() : gatewayRouter(gateway, operations));
  app.use('/carrier/shipments', carrierRouter(parcels, faults, wrong, closing.signal));
  app.use('/sandbox/faults', faultsRouter(faults));
  app.use('/sandbox/wrong-answers', wrongAnswersRouter(wrong));
  app.use('/sandbox/tracking-numbers', trackingNumbersRouter(numbers));
  app.use(
    '/sandbox/shipments',
    shipmentsRouter(parcels, () => state.parcels.newestFirst()),
  );
  app.use('/sandbox', controlRouter(gateway));
  app.post('/sandbox/idempotency-keys/expire', (_request, response) => {
    keys.expire();
    response.status(204).end();
  });
  app.use((request) => {
    throw new Problem(404, `There is no ${request.method} ${request.path} here`);
  });
  app.use(answerProblem);
  app.use(answerBug(logger));

  const { server, port } = await listen(app, options.port, options.host ?? '127.0.0.1');
  journeys.start();
  outbox.start();
  gateway.start();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      closing.abort();
      journeys.stop();
      await Promise.all([outbox.stop(), gateway.stop()]);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await file?.close();
    },
  };
}

/**
 * How long an idle connection is kept; milliseconds. The five seconds that Node has are so short that a caller on a busy
 * machine sends a request on a connection which is being closed.
 */
const KEEP_ALIVE_TIMEOUT = 65_000;

function listen(app: Express, wanted: number, host: string): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT }, app);
    server.once('error', reject);
    server.listen(wanted, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : wanted;
      resolve({ server, port });
    });
  });
}

function answerBug(logger: Logger): ErrorRequestHandler {
  return (err, _request, response, next) => {
    logger.error({ err }, 'a request failed because of a bug in the sandbox');
    if (response.headersSent) return next(err);
    response.status(500).json({ title: 'A bug in the sandbox; its log says where' });
  };
}
