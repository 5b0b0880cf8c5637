-- Keys of requests are unique by the path that was asked, no longer by its pattern.

UPDATE "idempotency_key" SET "operation" = replace("operation", '{id}', "order_id"::text)
WHERE "order_id" IS NOT NULL AND "operation" LIKE '%{id}%';
UPDATE "idempotency_key" k SET "operation" = replace(k."operation", '{sku}', m."sku")
FROM "stock_movement" m WHERE k."operation" LIKE '%{sku}%' AND m."id"::text = k."resource_id";
