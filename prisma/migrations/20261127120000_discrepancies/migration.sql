-- What reconciliation finds is a discrepancy, and what reverses a step is a compensation.
ALTER TABLE "finding" RENAME TO "discrepancy";
ALTER TABLE "discrepancy" RENAME CONSTRAINT "finding_pkey" TO "discrepancy_pkey";
ALTER TABLE "discrepancy" RENAME CONSTRAINT "finding_order_id_fkey" TO "discrepancy_order_id_fkey";
ALTER TABLE "discrepancy" RENAME CONSTRAINT "finding_amounts_exact" TO "discrepancy_amounts_exact";
ALTER INDEX "finding_kind_object_id_key" RENAME TO "discrepancy_kind_object_id_key";
ALTER INDEX "finding_open" RENAME TO "discrepancy_open";

ALTER TABLE "attention" RENAME COLUMN "finding_id" TO "discrepancy_id";
ALTER TABLE "attention" RENAME CONSTRAINT "attention_finding_id_fkey" TO "attention_discrepancy_id_fkey";
ALTER TABLE "attention" RENAME COLUMN "undo" TO "is_compensation";
UPDATE "attention" SET "kind" = 'discrepancy' WHERE "kind" = 'books_differ';
