-- That a person was erased, and from how many orders.

CREATE TABLE "erasure" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "requested_by" TEXT NOT NULL,
  "orders" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

  CONSTRAINT "erasure_pkey" PRIMARY KEY ("id")
);

-- What other objects of the provider's are called, cards and customers among them, was never needed.
UPDATE "inbox_event" SET "object_id" = "event_id"
WHERE "provider" = 'stripe' AND "order_id" IS NULL AND "object_id" NOT LIKE 'pi\_%';

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
SELECT pg_clear_attribute_stats(current_schema()::text, s."relation", s."column", false) FROM (VALUES
  ('orders', 'customer_id'), ('orders', 'customer_name'), ('orders', 'customer_email'),
  ('orders', 'shipping_address'), ('orders', 'billing_address'), ('orders', 'payment_method'),
  ('payment_attempt', 'method'), ('effect', 'request_hash'), ('idempotency_key', 'request_hash'),
  ('attention', 'note'), ('finding', 'note'), ('orders_email', 'lower')
) s ("relation", "column");
-- That one person has few of the orders holds no values, and lists by person need it to be read off the right index.
-- ANALYZE leaves what it does not gather as it is.
SELECT pg_restore_attribute_stats('schemaname', current_schema()::text, 'relname', s."relation", 'attname', s."column",
  'inherited', false, 'null_frac', 0::real, 'avg_width', 20, 'n_distinct', -0.5::real) FROM (VALUES
  ('orders', 'customer_id'), ('orders', 'customer_email'), ('orders_email', 'lower')
) s ("relation", "column");
