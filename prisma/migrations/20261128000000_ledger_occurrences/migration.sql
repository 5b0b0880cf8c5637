-- A bank may withdraw the money of one dispute, return it, and withdraw it again: a fact of a kind happens to an object
-- once for each occurrence.
ALTER TABLE "ledger_transaction"
  ADD COLUMN "occurrence" INTEGER NOT NULL DEFAULT 1,
  ADD CONSTRAINT "ledger_transaction_occurrence" CHECK ("occurrence" > 0);
DROP INDEX "ledger_transaction_kind_object_id_key";
CREATE UNIQUE INDEX "ledger_transaction_kind_object_id_occurrence_key"
  ON "ledger_transaction"("kind", "object_id", "occurrence");
