import type { Request, Response, Router } from 'express';

import type { Operation } from '../faults.js';
import type { BalanceTransaction } from './balance-transaction.js';
import type { Dispute } from './dispute.js';
import type { Event } from './event.js';
import type { Gateway } from './gateway.js';
import type { Operations } from './operations.js';
import {
  listBalanceTransactionsParameters,
  listChargesParameters,
  listEventsParameters,
  listOfIntentParameters,
  read,
  retrieveParameters,
} from './parameters.js';
import { matches, stripeList } from './stripe-list.js';
import type { Charge } from './stripe-objects.js';
import { forbidden, StripeProblem } from './stripe-problem.js';

/** Routes that only read: charges, disputes, the account's balance, and events. */
export function recordRoutes(
  router: Router,
  { disputes, events, state }: Gateway,
  operations: Operations,
): void {
  const look = (
    request: Request,
    response: Response,
    { name, expand, execute }: { name?: Operation; expand: string[] | undefined; execute: () => object },
  ) => operations.run(request, response, { name, expand, execute, refuse: forbidden });

  router.get('/charges', async (request, response) => {
    const { expand, payment_intent, ...paging } = read(listChargesParameters, request.query);
    const wanted = matches<Charge>({ payment_intent });
    const execute = () => stripeList('/v1/charges', state.charges.newestFirst().filter(wanted), paging);
    await look(request, response, { expand, execute });
  });
  router.get('/charges/:id', async (request, response) => {
    const { expand } = read(retrieveParameters, request.query);
    const { id } = request.params;
    const execute = () => found(state.charges.get(id), 'charge', id);
    await look(request, response, { name: 'charges.retrieve', expand, execute });
  });
  router.get('/disputes', async (request, response) => {
    const { expand, payment_intent, charge, ...paging } = read(listOfIntentParameters, request.query);
    const wanted = matches<Dispute>({ payment_intent, charge });
    const execute = () => stripeList('/v1/disputes', state.disputes.newestFirst().filter(wanted), paging);
    await look(request, response, { name: 'disputes.list', expand, execute });
  });
  router.get('/disputes/:id', async (request, response) => {
    const { expand } = read(retrieveParameters, request.query);
    const execute = () => disputes.get(request.params.id);
    await look(request, response, { name: 'disputes.retrieve', expand, execute });
  });
  router.get('/balance_transactions', async (request, response) => {
    const { expand, currency, source, type, ...paging } = read(
      listBalanceTransactionsParameters,
      request.query,
    );
    const wanted = matches<BalanceTransaction>({ currency: currency?.toLowerCase(), source, type });
    const execute = () =>
      stripeList('/v1/balance_transactions', state.balanceTransactions.newestFirst().filter(wanted), paging);
    await look(request, response, { name: 'balance_transactions.list', expand, execute });
  });
  router.get('/balance_transactions/:id', async (request, response) => {
    const { expand } = read(retrieveParameters, request.query);
    const { id } = request.params;
    const execute = () => found(state.balanceTransactions.get(id), 'balance_transaction', id);
    await look(request, response, { expand, execute });
  });
  router.get('/events', async (request, response) => {
    const { expand, type, types, ...paging } = read(listEventsParameters, request.query);
    const wanted = (event: Event) =>
      (type === undefined || event.type === type) && (!types || types.includes(event.type));
    const execute = () => stripeList('/v1/events', events.newestFirst().filter(wanted), paging);
    await look(request, response, { expand, execute });
  });
  router.get('/events/:id', async (request, response) => {
    const { expand } = read(retrieveParameters, request.query);
    const { id } = request.params;
    const execute = () => found(events.get(id), 'event', id);
    await look(request, response, { expand, execute });
  });
}

function found<T>(record: T | undefined, what: string, id: string): T {
  if (!record) throw new StripeProblem('resource_missing', `No such ${what}: '${id}'`, { param: 'id' });
  return record;
}
