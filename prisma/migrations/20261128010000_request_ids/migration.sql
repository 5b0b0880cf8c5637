-- The id of the request that placed an order, so that every process can log it with the order.
ALTER TABLE "orders" ADD COLUMN "request_id" TEXT;

-- Open orders are counted by status without reading their rows.
DROP INDEX "orders_open";
CREATE INDEX "orders_open" ON "orders"("id", "status") WHERE "closed_at" IS NULL;
