import { json, Router } from 'express';

import { faultSchema, type Faults } from './faults.js';
import { parseBody } from './problem.js';

/** Routes for tests and people to script the next faults. */
export function faultsRouter(faults: Faults): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.json({ data: faults.list() });
  });
  router.post('/', json(), (request, response) => {
    response.status(201).json(faults.add(parseBody(faultSchema, request.body)));
  });
  router.delete('/', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  return router;
}
