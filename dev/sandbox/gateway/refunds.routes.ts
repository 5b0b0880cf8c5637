import type { Router } from 'express';

import type { Gateway } from './gateway.js';
import type { Operations } from './operations.js';
import { createRefundParameters, listOfIntentParameters, read, retrieveParameters } from './parameters.js';
import { matches, stripeList } from './stripe-list.js';
import type { Refund } from './stripe-objects.js';
import { forbidden, StripeProblem } from './stripe-problem.js';

export function refundRoutes(router: Router, { refunds, state }: Gateway, operations: Operations): void {
  router.post('/refunds', async (request, response) => {
    const { expand, ...parameters } = read(createRefundParameters, request.body);
    await operations.run(request, response, {
      name: 'refunds.create',
      holds: refunds.intentOf(parameters),
      expand,
      execute: () => refunds.create(parameters),
      refuse: () => {
        throw new StripeProblem('charge_disputed', 'The charge has been charged back.');
      },
    });
  });
  router.get('/refunds', async (request, response) => {
    const { expand, payment_intent, charge, ...paging } = read(listOfIntentParameters, request.query);
    const wanted = matches<Refund>({ payment_intent, charge });
    await operations.run(request, response, {
      name: 'refunds.list',
      expand,
      execute: () => stripeList('/v1/refunds', state.refunds.newestFirst().filter(wanted), paging),
      refuse: forbidden,
    });
  });
  router.get('/refunds/:id', async (request, response) => {
    const { expand } = read(retrieveParameters, request.query);
    await operations.run(request, response, {
      name: 'refunds.retrieve',
      expand,
      execute: () => refunds.get(request.params.id),
      refuse: forbidden,
    });
  });
}
