CREATE INDEX "idempotency_key_order_id_idx" ON "idempotency_key"("order_id");
CREATE INDEX "idempotency_key_resource" ON "idempotency_key"("resource_id") WHERE "resource_id" IS NOT NULL;
