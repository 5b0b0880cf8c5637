import { z } from 'zod';

import { DISCREPANCY_KINDS } from '#libs/domain/reconciliation/reconciliation';

import { signedMinorUnits } from './money.api.js';
import { pageSize } from './page-size.api.js';
import { prose } from './text.api.js';
import { Uuid } from './uuid.api.js';

const time = z.iso.datetime();

/** A difference between the payment provider's records and our ledger. */
export const DiscrepancyView = z
  .object({
    id: z.uuid(),
    kind: z.enum(DISCREPANCY_KINDS),
    objectId: z.string().describe("The provider's object, or our refund where the provider has none"),
    orderId: z.uuid().nullable().describe('Null for money that belongs to no order'),
    orderNumber: z.string().nullable(),
    expected: signedMinorUnits.describe('What our ledger has, in minor units'),
    found: signedMinorUnits.describe("What the provider's records have, in minor units"),
    currency: z.string(),
    openedAt: time,
    closedAt: time.nullable(),
    closedBy: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Discrepancy' });
export type DiscrepancyView = z.output<typeof DiscrepancyView>;

/** The query of `GET /reconciliation/discrepancies`. */
export const ListDiscrepancies = z.strictObject({
  state: z.enum(['open', 'closed', 'all']).default('open'),
  before: Uuid.optional().describe('Only discrepancies older than this one'),
  limit: pageSize(200, 50),
});
export type ListDiscrepancies = z.output<typeof ListDiscrepancies>;

export const DiscrepancyList = z
  .object({ data: z.array(DiscrepancyView).describe('Newest first') })
  .meta({ id: 'DiscrepancyList' });
export type DiscrepancyList = z.output<typeof DiscrepancyList>;

/** What names a discrepancy in an address. */
export const DiscrepancyAddress = z.strictObject({ id: Uuid });
export type DiscrepancyAddress = z.output<typeof DiscrepancyAddress>;

/** The body of `POST /reconciliation/discrepancies/{id}/acknowledgement`. */
export const AcknowledgeDiscrepancy = z
  .strictObject({ note: prose(1000).regex(/\S/, 'must not be blank').describe('How it was settled') })
  .meta({
    id: 'AcknowledgeDiscrepancy',
    examples: [{ note: 'Refunded by hand after a call with the shopper.' }],
  });
export type AcknowledgeDiscrepancy = z.output<typeof AcknowledgeDiscrepancy>;
