-- Corrections of stock by people: why, and who. And requests that have their effect once without being of an order.

ALTER TABLE "stock_movement"
  ADD COLUMN "reason" TEXT,
  ADD COLUMN "by" TEXT,
  ADD CONSTRAINT "stock_movement_adjusted" CHECK ("kind" <> 'adjusted' OR ("reason" IS NOT NULL AND "by" IS NOT NULL)) NOT VALID;

ALTER TABLE "idempotency_key" ALTER COLUMN "order_id" DROP NOT NULL;
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_names_something"
  CHECK ("order_id" IS NOT NULL OR "resource_id" IS NOT NULL);
