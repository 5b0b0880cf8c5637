-- What is in flight is read by when its lease ends: what was in flight before, and is not vacuumed yet, is passed over.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "webhook_delivery_in_flight" ON "webhook_delivery"("endpoint_id", "leased_until")
  WHERE "leased_until" IS NOT NULL;
