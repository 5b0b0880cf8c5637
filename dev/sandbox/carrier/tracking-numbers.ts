import { randomBytes } from 'node:crypto';

import { json, Router } from 'express';
import { z } from 'zod';

import { parseBody } from '../problem.js';

const controlSchema = z.strictObject({
  /** Issued with the next label, even if another parcel has it. */
  next: z.string().min(1).max(100).optional(),
  /** Whether events bear the reference, too. */
  references: z.boolean().optional(),
});

/** The numbers that the carrier issues; a test can have one issued again. */
export class TrackingNumbers {
  #next: string | undefined;
  /** Whether events bear the reference, too. */
  tellsReferences = true;

  give(): string {
    const given = this.#next ?? `SBX${randomBytes(6).toString('hex').toUpperCase()}`;
    this.#next = undefined;
    return given;
  }

  script({ next, references }: z.infer<typeof controlSchema>): void {
    this.#next = next ?? this.#next;
    this.tellsReferences = references ?? this.tellsReferences;
  }
}

/** Routes for tests and people to have a number issued again. */
export function trackingNumbersRouter(numbers: TrackingNumbers): Router {
  const router = Router();
  router.put('/', json(), (request, response) => {
    numbers.script(parseBody(controlSchema, request.body));
    response.status(204).end();
  });
  return router;
}
