-- Amounts in 64 bits: Rp 25,000,000.00 is 2500000000 minor units, past 32. Each table is written anew once, under a
-- lock, with all of its columns; what is stored stays as it is. None is past 2^53, where JSON's numbers end.

ALTER TABLE "product"
  ALTER COLUMN "unit_price" TYPE BIGINT,
  ADD CONSTRAINT "product_price_exact" CHECK ("unit_price" <= 9007199254740991);

ALTER TABLE "orders"
  ALTER COLUMN "subtotal" TYPE BIGINT,
  ALTER COLUMN "shipping" TYPE BIGINT,
  ALTER COLUMN "discount" TYPE BIGINT,
  ALTER COLUMN "tax" TYPE BIGINT,
  ALTER COLUMN "total" TYPE BIGINT,
  ADD CONSTRAINT "orders_amounts_exact" CHECK (
    greatest("subtotal", "shipping", "discount", "tax", "total") <= 9007199254740991
    AND least("subtotal", "shipping", "discount", "tax") >= 0);

ALTER TABLE "order_line"
  ALTER COLUMN "unit_price" TYPE BIGINT,
  ADD CONSTRAINT "order_line_price_exact" CHECK ("unit_price" BETWEEN 0 AND 9007199254740991);

ALTER TABLE "ledger_transaction"
  ALTER COLUMN "amount" TYPE BIGINT,
  ADD CONSTRAINT "ledger_transaction_amount_exact" CHECK ("amount" <= 9007199254740991);

ALTER TABLE "ledger_entry"
  ALTER COLUMN "amount" TYPE BIGINT,
  ADD CONSTRAINT "ledger_entry_amount_exact" CHECK ("amount" BETWEEN -9007199254740991 AND 9007199254740991);

ALTER TABLE "refund"
  ALTER COLUMN "amount" TYPE BIGINT,
  ADD CONSTRAINT "refund_amount_exact" CHECK ("amount" <= 9007199254740991);

ALTER TABLE "dispute"
  ALTER COLUMN "amount" TYPE BIGINT,
  ADD CONSTRAINT "dispute_amount_exact" CHECK ("amount" BETWEEN 0 AND 9007199254740991);

ALTER TABLE "finding"
  ALTER COLUMN "expected" TYPE BIGINT,
  ALTER COLUMN "found" TYPE BIGINT,
  ADD CONSTRAINT "finding_amounts_exact" CHECK (
    "expected" BETWEEN -9007199254740991 AND 9007199254740991
    AND "found" BETWEEN -9007199254740991 AND 9007199254740991);
