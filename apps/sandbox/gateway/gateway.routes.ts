import { type ErrorRequestHandler, type RequestHandler, Router, urlencoded } from 'express';

import type { SandboxState } from '../sandbox-state.js';
import type { Operations } from './operations.js';
import {
  cancelIntentParameters,
  captureIntentParameters,
  confirmIntentParameters,
  createIntentParameters,
  createRefundParameters,
  listIntentsParameters,
  listOfIntentParameters,
  read,
} from './parameters.js';
import { PaymentIntents } from './payment-intents.js';
import { REFUSED_CARD } from './payment-methods.js';
import { Refunds } from './refunds.js';
import { stripeList } from './stripe-list.js';
import { newId } from './stripe-objects.js';
import { StripeProblem } from './stripe-problem.js';

/** What a scripted refusal says, where the operation needs no card for it. */
const REFUSALS = {
  create: () => new StripeProblem('amount_too_small', 'Amount is below the minimum charge amount'),
  capture: () =>
    new StripeProblem('charge_expired_for_capture', 'The authorization expired and cannot be captured.'),
  cancel: (id: string) =>
    new StripeProblem('payment_intent_unexpected_state', `PaymentIntent ${id} cannot be canceled.`),
  refund: () => new StripeProblem('charge_disputed', 'The charge has been charged back.'),
};

function refuse(problem: StripeProblem): never {
  throw problem;
}

/** The part of Stripe's HTTP API that the product uses. */
export function gatewayRouter(state: SandboxState, operations: Operations): Router {
  const intents = new PaymentIntents(state.intents, state.charges);
  const refunds = new Refunds(state.refunds, state.charges, state.intents);
  const router = Router();
  router.use(label, authenticate, urlencoded({ extended: true }));

  router.post('/payment_intents', async (request, response) => {
    const parameters = read(createIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.create',
      execute: () => intents.create(parameters),
      refuse: () => refuse(REFUSALS.create()),
    });
  });
  router.post('/payment_intents/:id/confirm', async (request, response) => {
    const { id } = request.params;
    const parameters = read(confirmIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.confirm',
      holds: id,
      execute: () => intents.confirm(id, parameters),
      refuse: () => intents.confirm(id, parameters, REFUSED_CARD),
    });
  });
  router.post('/payment_intents/:id/capture', async (request, response) => {
    const { id } = request.params;
    const parameters = read(captureIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.capture',
      holds: id,
      execute: () => intents.capture(id, parameters),
      refuse: () => refuse(REFUSALS.capture()),
    });
  });
  router.post('/payment_intents/:id/cancel', async (request, response) => {
    const { id } = request.params;
    const parameters = read(cancelIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.cancel',
      holds: id,
      execute: () => intents.cancel(id, parameters),
      refuse: () => refuse(REFUSALS.cancel(id)),
    });
  });
  router.post('/refunds', async (request, response) => {
    const parameters = read(createRefundParameters, request.body);
    await operations.run(request, response, {
      name: 'refunds.create',
      holds: refunds.intentOf(parameters),
      execute: () => refunds.create(parameters),
      refuse: () => refuse(REFUSALS.refund()),
    });
  });

  router.get('/payment_intents', (request, response) => {
    const paging = read(listIntentsParameters, request.query);
    response.json(stripeList('/v1/payment_intents', state.intents.newestFirst(), paging));
  });
  router.get('/payment_intents/:id', (request, response) => {
    response.json(intents.get(request.params.id));
  });
  router.get('/refunds', (request, response) => {
    const { payment_intent, charge, ...paging } = read(listOfIntentParameters, request.query);
    const matching = state.refunds
      .newestFirst()
      .filter((refund) => payment_intent === undefined || refund.payment_intent === payment_intent)
      .filter((refund) => charge === undefined || refund.charge === charge);
    response.json(stripeList('/v1/refunds', matching, paging));
  });
  router.get('/refunds/:id', (request, response) => {
    response.json(refunds.get(request.params.id));
  });
  router.get('/charges', (request, response) => {
    const { payment_intent, ...paging } = read(listOfIntentParameters.omit({ charge: true }), request.query);
    const matching = state.charges
      .newestFirst()
      .filter((charge) => payment_intent === undefined || charge.payment_intent === payment_intent);
    response.json(stripeList('/v1/charges', matching, paging));
  });
  router.get('/charges/:id', (request, response) => {
    const { id } = request.params;
    const charge = state.charges.get(id);
    if (!charge) throw new StripeProblem('resource_missing', `No such charge: '${id}'`, { param: 'id' });
    response.json(charge);
  });

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
