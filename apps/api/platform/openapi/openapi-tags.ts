import type { OpenAPIObject } from '@nestjs/swagger';

import { operationsOf } from './openapi-examples.js';

/** What the operations are about, by the first part of their paths, in the order they are shown in. */
const TAGS = {
  orders: { name: 'Orders', description: 'For shops: place, follow, pay, cancel, refund' },
  products: { name: 'Products', description: 'For the back office: the catalogue and its stock' },
  customers: { name: 'Customers', description: 'For operators: what is known of a person' },
  reconciliation: {
    name: 'Reconciliation',
    description: "For operators: discrepancies between the payment provider's records and the ledger",
  },
  'unmatched-events': {
    name: 'Unmatched events',
    description: 'For operators: signed events that belong to nothing here',
  },
  webhooks: { name: 'Webhooks', description: 'For carriers and the payment provider, signed' },
  problems: { name: 'Problems', description: 'What every error means, and what to do' },
  health: { name: 'Health', description: 'For what watches over the process' },
  '': { name: 'Documents', description: 'Where to begin' },
} as const;

const isSubject = (part: string): part is keyof typeof TAGS => Object.hasOwn(TAGS, part);

/** Groups the operations by what they are about. @throws Error for a path that is about nothing known */
export function addTags(document: OpenAPIObject): void {
  document.tags = Object.values(TAGS);
  for (const [path, item] of Object.entries(document.paths)) {
    const [, subject = ''] = path.split('/');
    if (!isSubject(subject)) throw new Error(`${path} needs a tag`);
    for (const operation of operationsOf({ ...document, paths: { [path]: item } }))
      operation.tags = [TAGS[subject].name];
  }
}
