import type { OpenAPIObject } from '@nestjs/swagger';

import { eventExample } from '#libs/contracts/http/examples';
import { EVENT_TYPES, EVENTS, type EventType } from '#libs/domain/events/event-types';

/** Documents every type of event: its meaning, and what its data has beside the order. */
export function addWebhooks(document: OpenAPIObject): void {
  document.webhooks = Object.fromEntries(EVENT_TYPES.map((type) => [type, { post: webhookOf(type) }]));
}

function webhookOf(type: EventType) {
  const { about, means } = EVENTS[type];
  const required = about === 'order' ? ['order'] : ['order', about];
  return {
    summary: means,
    tags: ['Events'],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Event' },
              { type: 'object', properties: { type: { enum: [type] }, data: { type: 'object', required } } },
            ],
          },
          examples: { [type]: { value: eventExample(type) } },
        },
      },
    },
    responses: { '204': { description: 'The event was received' } },
  };
}
