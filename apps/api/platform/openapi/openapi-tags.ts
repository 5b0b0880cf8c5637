import type { OpenAPIObject } from '@nestjs/swagger';

import { operationsOf } from './openapi-examples.js';

/** Tags of operations by the first segment of their paths, in their order of display. */
const TAGS = {
  orders: { name: 'Orders', description: 'For shops: place, follow, pay, cancel, refund' },
  events: {
    name: 'Events',
    description:
      'For shops: every change of every order, as one stream. What is listed under `webhooks` is the events themselves, as they are listed and as they are sent',
  },
  'webhook-endpoints': {
    name: 'Webhook endpoints',
    description:
      'For operators: where events are sent to, signed as www.standardwebhooks.com describes, and what was sent there',
  },
  products: { name: 'Products', description: 'For the back office: the catalogue and its stock' },
  customers: { name: 'Customers', description: 'For operators: the personal data of customers' },
  reconciliation: {
    name: 'Reconciliation',
    description: "For operators: discrepancies between the payment provider's records and the ledger",
  },
  'unmatched-events': {
    name: 'Unmatched events',
    description: 'For operators: signed events that match no order',
  },
  people: { name: 'People', description: 'For operators: who the people of the audit trail are' },
  console: { name: 'Console', description: 'For people: signing in and out with a browser' },
  webhooks: { name: 'Webhooks', description: 'For carriers and the payment provider, signed' },
  problems: { name: 'Problems', description: 'The problem types: what each means, and what to do' },
  health: { name: 'Health', description: 'For probes' },
  '': { name: 'Documents', description: 'Links to the documents' },
} as const;

const isSubject = (part: string): part is keyof typeof TAGS => Object.hasOwn(TAGS, part);

/** Tags every operation. @throws Error for a path without a tag */
export function addTags(document: OpenAPIObject): void {
  document.tags = Object.values(TAGS);
  for (const [path, item] of Object.entries(document.paths)) {
    const [, subject = ''] = path.split('/');
    if (!isSubject(subject)) throw new Error(`${path} needs a tag`);
    for (const operation of operationsOf({ ...document, paths: { [path]: item } }))
      operation.tags = [TAGS[subject].name];
  }
}
