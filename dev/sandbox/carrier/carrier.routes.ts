import { type ErrorRequestHandler, json, type Response, Router } from 'express';

import { shipmentRequestSchema } from '#libs/shipping/carrier-protocol';

import { type Answer, send } from '../answer.js';
import type { Faults, Operation } from '../faults.js';
import { runCall } from '../faulty-call.js';
import type { WrongAnswers } from '../wrong-answers.js';
import { CarrierProblem, type CarrierProblemCode } from './carrier-problem.js';
import type { StoredParcel } from './parcel.js';
import type { Parcels } from './parcels.js';

type CarrierOperation = Extract<Operation, `shipments.${string}`>;

const REFUSALS: Readonly<Record<CarrierOperation, CarrierProblemCode>> = {
  'shipments.create': 'address_refused',
  'shipments.cancel': 'already_picked_up',
  'shipments.lookup': 'lookup_refused',
};

/** An address of its web site, which does not exist. */
const TRACKING = 'https://parcels.example/track';

/** The carrier's HTTP API, as docs/carrier-protocol.md describes it. */
export function carrierRouter(
  parcels: Parcels,
  faults: Faults,
  wrong: WrongAnswers,
  closing: AbortSignal,
): Router {
  const router = Router();

  const run = async (response: Response, operation: CarrierOperation, execute: () => Answer) => {
    const problem = (code: CarrierProblemCode) => () => new CarrierProblem(code).answer;
    const call = {
      work: () => wrong.given(operation, attempt(execute)),
      serverError: problem('internal_error'),
      rateLimited: problem('rate_limited'),
      refusal: problem(REFUSALS[operation]),
    };
    const fault = faults.take(operation, { replay: false });
    send(response, await runCall(call, fault, { response, closing }));
  };

  router.put('/:reference', json(), async (request, response) => {
    const shipment = shipmentRequestSchema.safeParse(request.body);
    if (!shipment.success) throw new CarrierProblem('invalid_request');
    await run(response, 'shipments.create', () => {
      const { parcel, isNew } = parcels.create(request.params.reference, shipment.data);
      return { status: isNew ? 201 : 200, body: shown(parcel) };
    });
  });
  router.post('/:reference/cancellation', async (request, response) => {
    await run(response, 'shipments.cancel', () => ({
      status: 200,
      body: parcels.cancel(request.params.reference),
    }));
  });
  router.get('/:reference', async (request, response) => {
    await run(response, 'shipments.lookup', () => ({
      status: 200,
      body: shown(parcels.byReference(request.params.reference)),
    }));
  });
  router.get('/', async (request, response) => {
    const { trackingNumber } = request.query;
    if (typeof trackingNumber !== 'string') throw new CarrierProblem('invalid_request');
    await run(response, 'shipments.lookup', () => ({
      status: 200,
      body: shown(parcels.byTrackingNumber(trackingNumber)),
    }));
  });
  router.use(answerCarrierProblem);
  return router;
}

function shown({ reference, carrier, trackingNumber, status }: StoredParcel): object {
  return { reference, carrier, trackingNumber, trackingUrl: `${TRACKING}/${trackingNumber}`, status };
}

function attempt(execute: () => Answer): Answer {
  try {
    return execute();
  } catch (error) {
    if (error instanceof CarrierProblem) return error.answer;
    throw error;
  }
}

const answerCarrierProblem: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof CarrierProblem)) return next(error);
  response.status(error.answer.status).json(error.answer.body);
};
