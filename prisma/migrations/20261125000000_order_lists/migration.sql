-- Lists of orders: by when they were placed, whatever they are filtered by.

-- So that the orders of a much sold product are found in the order of a list, without reading all of them.
ALTER TABLE "order_line" ADD COLUMN "placed_at" TIMESTAMPTZ(3);
UPDATE "order_line" l SET "placed_at" = o."created_at" FROM "orders" o WHERE o."id" = l."order_id";
ALTER TABLE "order_line" ALTER COLUMN "placed_at" SET NOT NULL;

DROP INDEX "orders_status_id_idx";
CREATE INDEX "orders_created_at_id_idx" ON "orders"("created_at", "id");
CREATE INDEX "orders_status_created_at_id_idx" ON "orders"("status", "created_at", "id");
CREATE INDEX "orders_payment_created_at_id_idx" ON "orders"("payment", "created_at", "id");
CREATE INDEX "orders_fulfilment_created_at_id_idx" ON "orders"("fulfilment", "created_at", "id");
CREATE INDEX "orders_customer_id_created_at_id_idx" ON "orders"("customer_id", "created_at", "id");
CREATE INDEX "order_line_sku_placed_at_order_id_idx" ON "order_line"("sku", "placed_at", "order_id");

-- What Prisma's schema cannot say: an address is the same in any case.
CREATE INDEX "orders_email" ON "orders"(lower("customer_email"), "created_at", "id");
