-- Which attempt to pay was declined last, and why: an order says whether another one is under way.

ALTER TABLE "orders"
  ADD COLUMN "declined_attempt" INTEGER,
  ADD COLUMN "decline_code" TEXT,
  ADD CONSTRAINT "orders_decline" CHECK (("declined_attempt" IS NULL) = ("decline_code" IS NULL)) NOT VALID,
  DROP CONSTRAINT "orders_payment",
  ADD CONSTRAINT "orders_payment" CHECK ("payment" IN ('none', 'not_required', 'requires_action', 'processing',
    'authorizing', 'authorized', 'captured', 'declined', 'voided', 'partially_refunded', 'refunded')) NOT VALID;

-- An attempt that has no answer yet follows one that was declined.
UPDATE "orders" o SET
  "declined_attempt" = o."attempt" - (CASE WHEN s."is_open" THEN 1 ELSE 0 END),
  "decline_code" = COALESCE((
    SELECT e."changes" ->> 'reason' FROM "order_event" e
    WHERE e."order_id" = o."id" AND e."type" IN ('payment.declined', 'payment.refused') ORDER BY e."seq" DESC LIMIT 1), 'declined'),
  "payment" = CASE WHEN s."is_open" THEN 'authorizing' ELSE 'declined' END
FROM (
  SELECT d."id", d."attempt" > 1 AND NOT EXISTS (
    SELECT 1 FROM "effect" f
    WHERE f."key" = d."id" || ':charge:' || d."attempt" AND f."state" IN ('done', 'refused')) AS "is_open"
  FROM "orders" d WHERE d."intent_status" = 'declined' AND d."payment" = 'declined') s
WHERE s."id" = o."id";
