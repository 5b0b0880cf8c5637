import { z } from 'zod';

import { FINDING_KINDS } from '#libs/domain/reconciliation/reconciliation';

import { signedMinorUnits } from './money.api.js';
import { pageSize } from './page-size.api.js';
import { prose } from './text.api.js';
import { Uuid } from './uuid.api.js';

const time = z.iso.datetime();

/** Something the payment provider's books and ours differ in. */
export const FindingView = z
  .object({
    id: z.uuid(),
    kind: z.enum(FINDING_KINDS),
    objectId: z.string().describe("The provider's object, or our refund where the provider has none"),
    orderId: z.uuid().nullable().describe('Null for money that belongs to no order'),
    orderNumber: z.string().nullable(),
    expected: signedMinorUnits.describe('What our books say, in minor units'),
    found: signedMinorUnits.describe("What the provider's books say, in minor units"),
    currency: z.string(),
    openedAt: time,
    closedAt: time.nullable(),
    closedBy: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Finding' });
export type FindingView = z.output<typeof FindingView>;

/** The query of `GET /findings`. */
export const ListFindings = z.strictObject({
  state: z.enum(['open', 'closed', 'all']).default('open'),
  before: Uuid.optional().describe('Only findings older than this one'),
  limit: pageSize(200, 50),
});
export type ListFindings = z.output<typeof ListFindings>;

export const FindingList = z
  .object({ data: z.array(FindingView).describe('Newest first') })
  .meta({ id: 'FindingList' });
export type FindingList = z.output<typeof FindingList>;

/** What names a finding in an address. */
export const FindingAddress = z.strictObject({ id: Uuid });
export type FindingAddress = z.output<typeof FindingAddress>;

/** The body of `POST /findings/{id}/acknowledgement`. */
export const AcknowledgeFinding = z
  .strictObject({ note: prose(1000).regex(/\S/, 'must not be blank').describe('What came of it') })
  .meta({
    id: 'AcknowledgeFinding',
    examples: [{ note: 'Refunded by hand after a call with the shopper.' }],
  });
export type AcknowledgeFinding = z.output<typeof AcknowledgeFinding>;
