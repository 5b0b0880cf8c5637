import { z } from 'zod';

import { SENTENCE_CODES } from '#libs/domain/explanation/sentences';
import { RESOLUTIONS } from '#libs/domain/order/steps';

const sentence = {
  code: z.enum(SENTENCE_CODES).describe('Stable: translate by it'),
  message: z.string().describe('In English, for people'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .describe('What the message was made of: codes, numbers and times; never personal data'),
};

const SentenceView = z.object(sentence).meta({ id: 'Sentence' });

const ActionView = z
  .object({
    ...sentence,
    operation: z.string().describe('The operation of this API that does it, by its `operationId`'),
    method: z.enum(['GET', 'POST']),
    path: z.string(),
    body: z
      .object({ action: z.enum(RESOLUTIONS) })
      .nullable()
      .describe('What to send, where that is known: an answer to an attention'),
    scope: z.enum(['write', 'read', 'operate']).describe('The scope that it takes'),
    allowed: z.boolean().describe('Whether the caller has that scope'),
  })
  .meta({ id: 'ExplainedAction' });

/** Where an order stands, why, and until when. */
export const ExplanationView = z
  .object({
    cause: SentenceView.describe('Why the order stands where it does'),
    nextStep: SentenceView.describe('What comes next, and by whom'),
    latest: z
      .object({
        at: z.iso.datetime().describe('A deadline, or about when the attempts are used up'),
        outcome: SentenceView.describe('What becomes of the order then'),
      })
      .nullable()
      .describe('Null where nothing sets a date'),
    also: z.array(SentenceView).describe('What else is so, the most important first'),
    actions: z.array(ActionView).describe('What a person may do'),
  })
  .meta({ id: 'Explanation' });
export type ExplanationView = z.output<typeof ExplanationView>;
