-- A dispute that was lost may be won after all: its loss is then booked back. Every row has one of the former kinds, so
-- that none is read to check them.
ALTER TABLE "ledger_transaction"
  DROP CONSTRAINT "ledger_transaction_kind",
  ADD CONSTRAINT "ledger_transaction_kind" CHECK ("kind" IN
    ('authorized', 'hold_released', 'captured', 'refund_requested', 'refund_succeeded', 'refund_failed',
     'refund_reversed', 'dispute_withdrawn', 'dispute_reinstated', 'dispute_lost', 'dispute_recovered',
     'refund_adopted', 'unknown_accepted')) NOT VALID;
