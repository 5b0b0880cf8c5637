import { json, Router } from 'express';
import { z } from 'zod';

import { CARRIER_EVENTS } from '#libs/domain/fulfilment/carrier-event';

import { parseBody, Problem } from '../problem.js';
import { CarrierProblem } from './carrier-problem.js';
import type { StoredParcel } from './parcel.js';
import type { Parcels } from './parcels.js';

const eventSchema = z.strictObject({ type: z.enum(CARRIER_EVENTS) });

/** Routes for tests and people to read every parcel, and to move one by hand. */
export function shipmentsRouter(parcels: Parcels, all: () => StoredParcel[]): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.json({ data: all() });
  });
  /** By tracking number, or by reference where several have the number. */
  router.post('/:name/events', json(), (request, response) => {
    const { type } = parseBody(eventSchema, request.body);
    try {
      response.status(202).json(parcels.report(request.params.name, type));
    } catch (error) {
      throw error instanceof CarrierProblem ? new Problem(error.answer.status, error.message) : error;
    }
  });
  return router;
}
