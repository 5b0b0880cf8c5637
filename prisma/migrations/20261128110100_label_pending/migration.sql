-- Orders whose label may have been requested and is not known yet.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_label_pending" ON "orders"("id")
  WHERE "fulfilment" = 'reserved' AND "status" <> 'pending';
