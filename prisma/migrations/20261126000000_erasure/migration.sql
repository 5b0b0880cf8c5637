-- The erasure of a person: what says who somebody is can go, and that it went is kept.

ALTER TABLE "orders"
  ALTER COLUMN "customer_name" DROP NOT NULL,
  ALTER COLUMN "customer_email" DROP NOT NULL,
  ALTER COLUMN "shipping_address" DROP NOT NULL,
  ALTER COLUMN "payment_method" DROP NOT NULL,
  -- All of it, or nothing.
  ADD CONSTRAINT "orders_person" CHECK (
    num_nulls("customer_name", "customer_email", "shipping_address", "payment_method") = 0
    OR num_nonnulls("customer_id", "customer_name", "customer_email", "shipping_address", "billing_address",
      "payment_method") = 0) NOT VALID;
ALTER TABLE "payment_attempt" ALTER COLUMN "method" DROP NOT NULL;
-- Of requests that nobody may be able to guess any more.
ALTER TABLE "idempotency_key" ALTER COLUMN "request_hash" DROP NOT NULL;
CREATE INDEX "idempotency_key_order_id_idx" ON "idempotency_key"("order_id");

CREATE TABLE "erasure" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "requested_by" TEXT NOT NULL,
  "orders" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

  CONSTRAINT "erasure_pkey" PRIMARY KEY ("id")
);

-- The planner's statistics are samples of values, which would outlive their rows until the next ANALYZE.
ALTER TABLE "orders"
  ALTER COLUMN "customer_id" SET STATISTICS 0,
  ALTER COLUMN "customer_name" SET STATISTICS 0,
  ALTER COLUMN "customer_email" SET STATISTICS 0,
  ALTER COLUMN "shipping_address" SET STATISTICS 0,
  ALTER COLUMN "billing_address" SET STATISTICS 0,
  ALTER COLUMN "payment_method" SET STATISTICS 0;
ALTER TABLE "payment_attempt" ALTER COLUMN "method" SET STATISTICS 0;
ALTER TABLE "effect" ALTER COLUMN "request_hash" SET STATISTICS 0;
ALTER TABLE "idempotency_key" ALTER COLUMN "request_hash" SET STATISTICS 0;
ALTER TABLE "attention" ALTER COLUMN "note" SET STATISTICS 0;
ALTER TABLE "finding" ALTER COLUMN "note" SET STATISTICS 0;
ALTER INDEX "orders_email" ALTER COLUMN 1 SET STATISTICS 0;
SELECT pg_clear_attribute_stats('public', s."relation", s."column", false) FROM (VALUES
  ('orders', 'customer_id'), ('orders', 'customer_name'), ('orders', 'customer_email'),
  ('orders', 'shipping_address'), ('orders', 'billing_address'), ('orders', 'payment_method'),
  ('payment_attempt', 'method'), ('effect', 'request_hash'), ('idempotency_key', 'request_hash'),
  ('attention', 'note'), ('finding', 'note'), ('orders_email', 'lower')
) s ("relation", "column");
