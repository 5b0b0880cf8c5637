-- No release has depended on it; webhook_delivery_in_flight has replaced it.
DROP INDEX CONCURRENTLY IF EXISTS "webhook_delivery_leased";
