import { json, Router } from 'express';

import { parseBody } from './problem.js';
import { wrongAnswerSchema, type WrongAnswers } from './wrong-answers.js';

/** Routes for tests and people to script a provider's wrong answers. */
export function wrongAnswersRouter(wrong: WrongAnswers): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.json({ data: wrong.list() });
  });
  router.post('/', json(), (request, response) => {
    response.status(201).json(wrong.add(parseBody(wrongAnswerSchema, request.body)));
  });
  router.delete('/', (_request, response) => {
    wrong.clear();
    response.status(204).end();
  });
  return router;
}
