import { z } from 'zod';

import { RESOLUTIONS } from '#libs/domain/order/steps';

import { prose } from './text.api.js';

/** The body of `POST /orders/{id}/attention/{attentionId}/resolution`: an operator's answer. */
export const ResolveAttention = z
  .strictObject({
    action: z.enum(RESOLUTIONS).describe('One of the `resolutions` of the attention'),
    note: prose(1000).optional().describe('Why, for later readers of the audit trail'),
  })
  .meta({ id: 'ResolveAttention', examples: [{ action: 'retry', note: 'The carrier is back.' }] });
export type ResolveAttention = z.output<typeof ResolveAttention>;
