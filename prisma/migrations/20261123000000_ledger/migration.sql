-- The books: what happened to money, once, in entries that sum to zero.

ALTER TABLE "orders" ADD COLUMN "intent_status" TEXT;

CREATE TABLE "ledger_transaction" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "order_id" UUID,
  "kind" TEXT NOT NULL,
  "object_id" TEXT NOT NULL,
  "amount" INTEGER NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

  CONSTRAINT "ledger_transaction_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "ledger_transaction_kind" CHECK ("kind" IN
    ('authorized', 'hold_released', 'captured', 'refund_requested', 'refund_succeeded', 'refund_failed',
     'refund_reversed', 'dispute_withdrawn', 'dispute_reinstated', 'dispute_lost', 'refund_adopted',
     'unknown_accepted')),
  CONSTRAINT "ledger_transaction_amount" CHECK ("amount" > 0)
);
CREATE UNIQUE INDEX "ledger_transaction_kind_object_id_key" ON "ledger_transaction"("kind", "object_id");
CREATE INDEX "ledger_transaction_order_id_idx" ON "ledger_transaction"("order_id");
ALTER TABLE "ledger_transaction" ADD CONSTRAINT "ledger_transaction_order_id_fkey"
  FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "ledger_entry" (
  "transaction_id" UUID NOT NULL,
  "account" TEXT NOT NULL,
  "amount" INTEGER NOT NULL,

  CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("transaction_id", "account"),
  CONSTRAINT "ledger_entry_account" CHECK ("account" IN
    ('gateway', 'customer_deposits', 'refunds_payable', 'disputes_receivable', 'dispute_losses', 'suspense',
     'holds', 'holds_contra'))
);
CREATE INDEX "ledger_entry_account_idx" ON "ledger_entry"("account");
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_transaction_id_fkey"
  FOREIGN KEY ("transaction_id") REFERENCES "ledger_transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Asked at the end of the database transaction, when all entries are there. One without entries is refused, too.
CREATE FUNCTION "refuse_unbalanced"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked UUID := CASE TG_TABLE_NAME WHEN 'ledger_entry' THEN to_jsonb(NEW) ->> 'transaction_id' ELSE to_jsonb(NEW) ->> 'id' END;
BEGIN
  IF (SELECT count(*) < 2 OR sum("amount") <> 0 FROM "ledger_entry" WHERE "transaction_id" = asked) THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero', asked USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "ledger_transaction_balanced" AFTER INSERT ON "ledger_transaction"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "refuse_unbalanced"();
CREATE CONSTRAINT TRIGGER "ledger_entry_balanced" AFTER INSERT ON "ledger_entry"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "refuse_unbalanced"();

CREATE TRIGGER "ledger_transaction_append_only" BEFORE UPDATE OR DELETE ON "ledger_transaction"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_transaction_no_truncate" BEFORE TRUNCATE ON "ledger_transaction"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_entry_append_only" BEFORE UPDATE OR DELETE ON "ledger_entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_entry_no_truncate" BEFORE TRUNCATE ON "ledger_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- What was paid and given back before there were books.
UPDATE "orders" SET "intent_status" = CASE
  WHEN "payment" IN ('captured', 'partially_refunded', 'refunded') THEN 'captured'
  WHEN "payment" = 'voided' THEN 'canceled'
  WHEN "payment" IN ('declined', 'requires_action', 'processing', 'authorized') THEN "payment" END;
WITH "booked" AS (
  INSERT INTO "ledger_transaction" ("order_id", "kind", "object_id", "amount", "currency", "at")
  SELECT o."id", 'captured', o."intent_id", o."total", o."currency", o."updated_at" FROM "orders" o
  WHERE o."payment" IN ('captured', 'refunded')
  UNION ALL
  SELECT o."id", k, o."id"::text, o."total", o."currency", o."updated_at"
  FROM "orders" o, unnest(ARRAY['refund_requested', 'refund_succeeded']) k WHERE o."payment" = 'refunded'
  RETURNING "id", "kind", "amount")
INSERT INTO "ledger_entry" ("transaction_id", "account", "amount")
SELECT b."id", r."account", r."sign" * b."amount" FROM "booked" b JOIN (VALUES
  ('captured', 'gateway', 1), ('captured', 'customer_deposits', -1),
  ('refund_requested', 'customer_deposits', 1), ('refund_requested', 'refunds_payable', -1),
  ('refund_succeeded', 'refunds_payable', 1), ('refund_succeeded', 'gateway', -1)
) r ("kind", "account", "sign") ON r."kind" = b."kind";
