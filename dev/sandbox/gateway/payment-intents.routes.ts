import type { Router } from 'express';

import type { Gateway } from './gateway.js';
import type { Operations } from './operations.js';
import {
  cancelIntentParameters,
  captureIntentParameters,
  confirmIntentParameters,
  createIntentParameters,
  listIntentsParameters,
  read,
  retrieveParameters,
} from './parameters.js';
import { REFUSED_CARD } from './payment-methods.js';
import { stripeList } from './stripe-list.js';
import { forbidden, StripeProblem } from './stripe-problem.js';

export function paymentIntentRoutes(
  router: Router,
  { intents, state }: Gateway,
  operations: Operations,
): void {
  router.post('/payment_intents', async (request, response) => {
    const { expand, ...parameters } = read(createIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.create',
      expand,
      execute: () => intents.create(parameters),
      refuse: () => {
        throw new StripeProblem('amount_too_small', 'Amount is below the minimum charge amount', {
          param: 'amount',
        });
      },
    });
  });
  router.post('/payment_intents/:id/confirm', async (request, response) => {
    const { id } = request.params;
    const { expand, ...parameters } = read(confirmIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.confirm',
      holds: id,
      expand,
      execute: () => intents.confirm(id, parameters),
      refuse: () => intents.confirm(id, parameters, REFUSED_CARD),
    });
  });
  router.post('/payment_intents/:id/capture', async (request, response) => {
    const { id } = request.params;
    const { expand, ...parameters } = read(captureIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.capture',
      holds: id,
      expand,
      execute: () => intents.capture(id, parameters),
      refuse: () => {
        throw new StripeProblem(
          'charge_expired_for_capture',
          'The authorization expired and cannot be captured.',
        );
      },
    });
  });
  router.post('/payment_intents/:id/cancel', async (request, response) => {
    const { id } = request.params;
    const { expand, ...parameters } = read(cancelIntentParameters, request.body);
    await operations.run(request, response, {
      name: 'payment_intents.cancel',
      holds: id,
      expand,
      execute: () => intents.cancel(id, parameters),
      refuse: () => {
        throw new StripeProblem('payment_intent_unexpected_state', `PaymentIntent ${id} cannot be canceled.`);
      },
    });
  });
  router.get('/payment_intents', async (request, response) => {
    const { expand, ...paging } = read(listIntentsParameters, request.query);
    await operations.run(request, response, {
      expand,
      execute: () => stripeList('/v1/payment_intents', state.intents.newestFirst(), paging),
      refuse: forbidden,
    });
  });
  router.get('/payment_intents/:id', async (request, response) => {
    const { expand } = read(retrieveParameters, request.query);
    await operations.run(request, response, {
      name: 'payment_intents.retrieve',
      expand,
      execute: () => intents.get(request.params.id),
      refuse: forbidden,
    });
  });
}
