import { z } from 'zod';

import { ACCOUNTS, LEDGER_KINDS } from '#libs/domain/ledger/ledger';

import { minorUnits, signedMinorUnits } from './money.api.js';

const account = z.enum(ACCOUNTS);
const debit = signedMinorUnits.describe('Minor units; debits are positive');

const LedgerTransactionView = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    kind: z.enum(LEDGER_KINDS),
    objectId: z.string().describe('The intent, refund or dispute it happened to'),
    amount: minorUnits.min(1).describe('Minor units'),
    currency: z.string(),
    entries: z.array(z.object({ account, amount: debit })).describe('They sum to zero'),
  })
  .meta({ id: 'LedgerTransaction' });

/** An order's books. */
export const LedgerView = z
  .object({
    data: z.array(LedgerTransactionView).describe('Oldest first'),
    balances: z.array(z.object({ account, amount: debit })).describe('Of every account that was used'),
  })
  .meta({ id: 'Ledger' });
export type LedgerView = z.output<typeof LedgerView>;
