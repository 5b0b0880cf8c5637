-- Keys of requests are unique by the path that was asked, no longer by its pattern. The rows with patterns stay for
-- processes of the release before, which look for those; they are nobody's once the last of them has ended.

INSERT INTO "idempotency_key" ("principal", "operation", "key", "request_hash", "order_id", "resource_id", "created_at")
SELECT "principal", replace("operation", '{id}', "order_id"::text), "key", "request_hash", "order_id", "resource_id",
  "created_at"
FROM "idempotency_key" WHERE "order_id" IS NOT NULL AND "operation" LIKE '%{id}%'
ON CONFLICT DO NOTHING;
INSERT INTO "idempotency_key" ("principal", "operation", "key", "request_hash", "resource_id", "created_at")
SELECT k."principal", replace(k."operation", '{sku}', m."sku"), k."key", k."request_hash", k."resource_id",
  k."created_at"
FROM "idempotency_key" k JOIN "stock_movement" m ON m."id"::text = k."resource_id" WHERE k."operation" LIKE '%{sku}%'
ON CONFLICT DO NOTHING;
