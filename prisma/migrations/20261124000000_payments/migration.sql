-- Refunds, cancellations, further attempts to pay, disputes, and what the gateway's books say otherwise.

ALTER TABLE "orders"
  ADD COLUMN "attempt" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "hold_until" TIMESTAMPTZ(3);

CREATE TABLE "refund" (
  "id" UUID NOT NULL,
  "order_id" UUID NOT NULL,
  "amount" INTEGER NOT NULL,
  "reason" TEXT NOT NULL,
  "restock" BOOLEAN NOT NULL DEFAULT false,
  "lines" JSONB NOT NULL DEFAULT '[]',
  "state" TEXT NOT NULL DEFAULT 'requested',
  "provider_id" TEXT,
  "failure" TEXT,
  "requested_by" TEXT NOT NULL,
  "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "settled_at" TIMESTAMPTZ(3),
  "started_at" TIMESTAMPTZ(3),

  CONSTRAINT "refund_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "refund_amount" CHECK ("amount" > 0),
  CONSTRAINT "refund_state" CHECK ("state" IN ('requested', 'pending', 'succeeded', 'failed'))
);
CREATE INDEX "refund_order_id_idx" ON "refund"("order_id");
CREATE INDEX "refund_never_started" ON "refund"("requested_at") WHERE "started_at" IS NULL;
CREATE INDEX "refund_unsettled" ON "refund"("started_at") WHERE "settled_at" IS NULL;
ALTER TABLE "refund" ADD CONSTRAINT "refund_order_id_fkey"
  FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "cancellation" (
  "order_id" UUID NOT NULL,
  "state" TEXT NOT NULL,
  "code" TEXT,
  "requested_by" TEXT NOT NULL,
  "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "decided_at" TIMESTAMPTZ(3),
  "signalled_at" TIMESTAMPTZ(3),

  CONSTRAINT "cancellation_pkey" PRIMARY KEY ("order_id"),
  CONSTRAINT "cancellation_state" CHECK ("state" IN ('requested', 'accepted', 'refused')),
  CONSTRAINT "cancellation_code" CHECK (("state" = 'refused') = ("code" IS NOT NULL))
);
CREATE INDEX "cancellation_untold" ON "cancellation"("requested_at")
  WHERE "signalled_at" IS NULL AND "decided_at" IS NULL;
ALTER TABLE "cancellation" ADD CONSTRAINT "cancellation_order_id_fkey"
  FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "payment_attempt" (
  "order_id" UUID NOT NULL,
  "attempt" INTEGER NOT NULL,
  "method" TEXT NOT NULL,
  "requested_by" TEXT NOT NULL,
  "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "signalled_at" TIMESTAMPTZ(3),

  CONSTRAINT "payment_attempt_pkey" PRIMARY KEY ("order_id", "attempt"),
  CONSTRAINT "payment_attempt_number" CHECK ("attempt" > 1)
);
CREATE INDEX "payment_attempt_untold" ON "payment_attempt"("requested_at") WHERE "signalled_at" IS NULL;
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_order_id_fkey"
  FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "dispute" (
  "id" TEXT NOT NULL,
  "order_id" UUID NOT NULL,
  "amount" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "opened_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

  CONSTRAINT "dispute_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "dispute_order_id_idx" ON "dispute"("order_id");
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_order_id_fkey"
  FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "finding" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "kind" TEXT NOT NULL,
  "object_id" TEXT NOT NULL,
  "order_id" UUID,
  "expected" INTEGER NOT NULL,
  "found" INTEGER NOT NULL,
  "currency" CHAR(3) NOT NULL,
  "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "closed_at" TIMESTAMPTZ(3),
  "closed_by" TEXT,
  "note" TEXT,

  CONSTRAINT "finding_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "finding_kind_object_id_key" ON "finding"("kind", "object_id");
CREATE INDEX "finding_open" ON "finding"("opened_at") WHERE "closed_at" IS NULL;
ALTER TABLE "finding" ADD CONSTRAINT "finding_order_id_fkey"
  FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Which refund's run, or which finding, an attention belongs to; without either, the order's own run.
ALTER TABLE "attention"
  ADD COLUMN "refund_id" UUID REFERENCES "refund"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD COLUMN "finding_id" UUID REFERENCES "finding"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A wait that lasts until its deadline, whatever attempts fail meanwhile.
ALTER TABLE "order_wait" ADD COLUMN "durable" BOOLEAN NOT NULL DEFAULT false;
UPDATE "order_wait" SET "durable" = true WHERE "step" = 'deliver' OR "last_error" IS NULL;

-- Goods come back with their parcel, or some of them with a refund; those name the refund instead of the order.
ALTER TABLE "stock_movement"
  ADD COLUMN "refund_id" UUID REFERENCES "refund"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "stock_movement_refund_id_sku_key" ON "stock_movement"("refund_id", "sku");

-- What a request made, where that is not the order itself.
ALTER TABLE "idempotency_key" ADD COLUMN "resource_id" TEXT;

-- Refunds that were made before they had rows.
INSERT INTO "refund" ("id", "order_id", "amount", "reason", "state", "provider_id", "requested_by", "requested_at",
  "settled_at", "started_at")
SELECT t."object_id"::uuid, t."order_id", t."amount", 'cancelled', 'succeeded',
  (SELECT e."provider_id" FROM "effect" e WHERE e."key" = t."order_id" || ':refund:' || t."object_id"),
  'workflow', t."at", t."at", t."at"
FROM "ledger_transaction" t WHERE t."kind" = 'refund_succeeded';

-- Orders keep the rules they were accepted under; these were the same for all of them.
UPDATE "orders" SET "policy" = '{"captureMode": "immediate", "paymentWindow": 1800000, "declineWindow": 0}'::jsonb || "policy";
