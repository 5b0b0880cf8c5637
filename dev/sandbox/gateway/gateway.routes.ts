import { type ErrorRequestHandler, type RequestHandler, Router, urlencoded } from 'express';

import type { Gateway } from './gateway.js';
import type { Operations } from './operations.js';
import { paymentIntentRoutes } from './payment-intents.routes.js';
import { recordRoutes } from './records.routes.js';
import { refundRoutes } from './refunds.routes.js';
import { newId } from './stripe-object.js';
import { StripeProblem } from './stripe-problem.js';

/** The part of Stripe's HTTP API that the product uses. */
export function gatewayRouter(gateway: Gateway, operations: Operations): Router {
  const router = Router();
  router.use(label, authenticate, urlencoded({ extended: true }));
  paymentIntentRoutes(router, gateway, operations);
  refundRoutes(router, gateway, operations);
  recordRoutes(router, gateway, operations);
  router.use((request) => {
    throw new StripeProblem(
      'unknown_url',
      `Unrecognized request URL (${request.method}: ${request.originalUrl}).`,
    );
  });
  router.use(answerStripeProblem);
  return router;
}

/** What is answered where real Stripe is used and this gateway is off. */
export function gatewayOff(): Router {
  const router = Router();
  router.use(() => {
    throw new StripeProblem('unknown_url', "The sandbox's gateway is off: SANDBOX_GATEWAY is false.");
  });
  router.use(answerStripeProblem);
  return router;
}

/** Headers that Stripe sends with every answer. */
const label: RequestHandler = (request, response, next) => {
  response.set('request-id', newId('req'));
  for (const name of ['idempotency-key', 'stripe-version']) {
    const value = request.get(name);
    if (value !== undefined) response.set(name, value);
  }
  next();
};

/** Any test key will do, as a bearer token or, as `curl -u` sends it, as the user's name. */
const authenticate: RequestHandler = (request, _response, next) => {
  const [scheme, credential = ''] = (request.get('authorization') ?? '').split(' ');
  const key = scheme === 'Basic' ? Buffer.from(credential, 'base64').toString().split(':')[0] : credential;
  if (!key) {
    throw new StripeProblem(
      'unauthorized',
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (!/^(sk|rk)_test_\w+$/.test(key)) {
    throw new StripeProblem('unauthorized', `Invalid API Key provided: ${key.slice(0, 8)}****`);
  }
  next();
};

const answerStripeProblem: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof StripeProblem)) return next(error);
  const { status, headers, body } = error.answer;
  response
    .status(status)
    .set(headers ?? {})
    .json(body);
};
