-- Lists of orders by what they wait for, why they ended, and when they were changed.

-- So that orders that wait are found in the order of a list, as those of a SKU are.
ALTER TABLE "order_wait" ADD COLUMN "placed_at" TIMESTAMPTZ(3);
UPDATE "order_wait" w SET "placed_at" = o."created_at" FROM "orders" o WHERE o."id" = w."order_id";
ALTER TABLE "order_wait" ALTER COLUMN "placed_at" SET NOT NULL;
CREATE INDEX "order_wait_step_placed_at_order_id_idx" ON "order_wait"("step", "placed_at", "order_id");
CREATE INDEX "order_wait_failing" ON "order_wait"("last_error", "placed_at", "order_id") WHERE "last_error" IS NOT NULL;

CREATE INDEX "orders_end_code" ON "orders"("end_code", "created_at", "id") WHERE "end_code" IS NOT NULL;
CREATE INDEX "orders_updated_at_id_idx" ON "orders"("updated_at", "id");
