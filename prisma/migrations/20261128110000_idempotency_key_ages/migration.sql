-- Keys past their age are found by it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");
