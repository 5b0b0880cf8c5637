import { type ErrorRequestHandler, json, Router } from 'express';
import { z } from 'zod';

import { parseBody, Problem } from '../problem.js';
import { discrepancySchema, makeDiscrepancy } from './discrepancies.js';
import { DISPUTE_REASONS } from './dispute.js';
import { deliverySchema } from './events.js';
import type { Gateway } from './gateway.js';
import { StripeProblem } from './stripe-problem.js';

const shopperSchema = z.strictObject({ does: z.enum(['authenticate', 'fail', 'abandon']) });
const intentSettlementSchema = z.strictObject({ becomes: z.enum(['succeeded', 'failed']) });
const refundSettlementSchema = z.strictObject({ becomes: z.enum(['succeeded', 'failed', 'canceled']) });
const disputeSchema = z.strictObject({
  payment_intent: z.string(),
  amount: z.int().min(1).optional(),
  reason: z.enum(DISPUTE_REASONS).optional(),
  inquiry: z.boolean().default(false),
});
const disputeEndSchema = z.strictObject({ becomes: z.enum(['won', 'lost']) });

/** Routes for tests and people to act as the shopper, banks or network, and to make the gateway's books wrong. */
export function controlRouter(gateway: Gateway): Router {
  const { intents, refunds, disputes, events, state } = gateway;
  const router = Router();
  router.use(json());
  // As the API shows it, without the faults that are scripted for the API.
  router.get('/payment-intents/:id', (request, response) => {
    const { id } = intents.get(request.params.id);
    const isOfIt = ({ payment_intent }: { payment_intent: string }) => payment_intent === id;
    response.json({
      refunds: state.refunds.newestFirst().filter(isOfIt),
      disputes: state.disputes.newestFirst().filter(isOfIt),
    });
  });
  router.post('/payment-intents/:id/shopper', (request, response) => {
    const { does } = parseBody(shopperSchema, request.body);
    response.json(intents.act(request.params.id, does));
  });
  router.post('/payment-intents/:id', (request, response) => {
    const { becomes } = parseBody(intentSettlementSchema, request.body);
    response.json(intents.settle(request.params.id, becomes));
  });
  router.post('/payment-intents/:id/lapse', (request, response) => {
    response.json(intents.lapse(request.params.id));
  });
  router.post('/refunds/:id', (request, response) => {
    const { becomes } = parseBody(refundSettlementSchema, request.body);
    response.json(refunds.settle(request.params.id, becomes));
  });
  router.post('/disputes', (request, response) => {
    const { payment_intent, inquiry: isInquiry, ...asked } = parseBody(disputeSchema, request.body);
    response.status(201).json(disputes.openOnIntent(payment_intent, { ...asked, isInquiry }));
  });
  router.post('/disputes/:id', (request, response) => {
    const { becomes } = parseBody(disputeEndSchema, request.body);
    response.json(disputes.close(request.params.id, becomes));
  });
  router.post('/discrepancies', (request, response) => {
    response.status(201).json(makeDiscrepancy(gateway, parseBody(discrepancySchema, request.body)));
  });
  router.get('/events', (_request, response) => {
    response.json({ data: events.overview() });
  });
  router.post('/events/:id/deliveries', (request, response) => {
    events.sendAgain(request.params.id);
    response.status(202).end();
  });
  router.get('/event-delivery', (_request, response) => {
    response.json(events.delivery);
  });
  router.put('/event-delivery', (request, response) => {
    events.delivery = parseBody(deliverySchema, request.body);
    response.json(events.delivery);
  });
  router.use(asProblem);
  return router;
}

/** An object that Stripe does not have cannot be controlled. */
const asProblem: ErrorRequestHandler = (error, _request, _response, next) => {
  next(error instanceof StripeProblem ? new Problem(error.answer.status, error.message) : error);
};
