import { z } from 'zod';

import { PROBLEM_CODES } from './problems.js';
import { TotalsView } from './order-view.api.js';

/** One error of a request: its place and what is wrong there. */
export const FieldError = z
  .object({
    pointer: z
      .string()
      .describe('Where: a JSON pointer (RFC 6901) into the body, the query, or the parameters of the path'),
    detail: z.string(),
  })
  .meta({ id: 'FieldError' });
export type FieldError = z.output<typeof FieldError>;

/** The body of every error: RFC 9457, `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().describe('The address of the documentation'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened this time'),
    instance: z.string().describe('The path that was asked'),
    code: z.enum(PROBLEM_CODES).describe('Stable; branch on this'),
    requestId: z.string().describe('What to quote when reporting the problem; also the X-Request-Id header'),
    errors: z.array(FieldError).optional(),
    orderId: z.uuid().optional().describe('The order that was stored, where one was'),
    reason: z.string().optional().describe('Why, where it is known more exactly: a code of an open list'),
    totals: TotalsView.optional().describe('With price_changed: what the order costs'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

/** What names a problem type in an address. */
export const ProblemAddress = z.strictObject({
  code: z.string().regex(/^[a-z_]{1,64}$/, 'must be small letters and underscores'),
});
export type ProblemAddress = z.output<typeof ProblemAddress>;

/** A kind of problem, as its `type` address describes it. */
export const ProblemTypeView = z
  .object({
    type: z.string(),
    code: z.enum(PROBLEM_CODES),
    status: z.int(),
    title: z.string(),
    meaning: z.string(),
    remedy: z.string().describe('What to do'),
  })
  .meta({ id: 'ProblemType' });

export const ProblemTypeList = z.object({ data: z.array(ProblemTypeView) }).meta({ id: 'ProblemTypeList' });
