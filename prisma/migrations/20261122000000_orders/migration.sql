
-- CreateTable
CREATE TABLE "product" (
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "unit_price" INTEGER NOT NULL,
    "sellable" BOOLEAN NOT NULL DEFAULT true,
    "on_hand" INTEGER NOT NULL DEFAULT 0,
    "reserved" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "product_pkey" PRIMARY KEY ("sku")
);

-- CreateTable
CREATE TABLE "stock_movement" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "sku" TEXT NOT NULL,
    "order_id" UUID,
    "kind" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_movement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "status" TEXT NOT NULL,
    "payment" TEXT NOT NULL,
    "fulfilment" TEXT NOT NULL,
    "end_code" TEXT,
    "end_by" TEXT,
    "customer_id" TEXT,
    "customer_name" TEXT NOT NULL,
    "customer_email" TEXT NOT NULL,
    "shipping_address" JSONB NOT NULL,
    "billing_address" JSONB,
    "currency" CHAR(3) NOT NULL,
    "subtotal" INTEGER NOT NULL,
    "shipping" INTEGER NOT NULL,
    "discount" INTEGER NOT NULL,
    "tax" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "payment_method" TEXT NOT NULL,
    "intent_id" TEXT,
    "policy" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "look_at" TIMESTAMPTZ(3) NOT NULL DEFAULT (now() + '00:02:00'::interval),

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_line" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price" INTEGER NOT NULL,
    "tax_rate" DECIMAL(6,5) NOT NULL,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_event" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "order_id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "type" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "changes" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "order_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "effect" (
    "key" TEXT NOT NULL,
    "order_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "fence" INTEGER NOT NULL DEFAULT 1,
    "try" INTEGER NOT NULL DEFAULT 1,
    "request_hash" TEXT NOT NULL,
    "provider_id" TEXT,
    "result" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "effect_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "reservation" (
    "order_id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("order_id","sku")
);

-- CreateTable
CREATE TABLE "shipment" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "order_id" UUID NOT NULL,
    "carrier" TEXT NOT NULL,
    "tracking_number" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shipment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attention" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "step" TEXT,
    "reason" TEXT NOT NULL,
    "undo" BOOLEAN NOT NULL DEFAULT false,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "action" TEXT,
    "by" TEXT,
    "note" TEXT,
    "signalled_at" TIMESTAMPTZ(3),

    CONSTRAINT "attention_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_wait" (
    "order_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "deadline" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "order_wait_pkey" PRIMARY KEY ("order_id","step")
);

-- CreateTable
CREATE TABLE "inbox_event" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "order_id" UUID,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_at" TIMESTAMPTZ(3),
    "verdict" TEXT,
    "report" TEXT,
    "signalled_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "principal" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "order_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("principal","operation","key")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "service" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "stock_movement_sku_idx" ON "stock_movement"("sku");

-- CreateIndex
CREATE UNIQUE INDEX "stock_movement_order_id_sku_kind_key" ON "stock_movement"("order_id", "sku", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "orders_number_key" ON "orders"("number");

-- CreateIndex
CREATE UNIQUE INDEX "orders_intent_id_key" ON "orders"("intent_id");

-- CreateIndex
CREATE INDEX "orders_status_id_idx" ON "orders"("status", "id" DESC);

-- CreateIndex
CREATE INDEX "orders_never_started" ON "orders"("created_at") WHERE (started_at IS NULL);

-- CreateIndex
CREATE INDEX "orders_open" ON "orders"("look_at") WHERE (closed_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "order_line_order_id_sku_key" ON "order_line"("order_id", "sku");

-- CreateIndex
CREATE INDEX "order_event_order_id_seq_idx" ON "order_event"("order_id", "seq");

-- CreateIndex
CREATE INDEX "effect_order_id_idx" ON "effect"("order_id");

-- CreateIndex
CREATE INDEX "reservation_sku_state_idx" ON "reservation"("sku", "state");

-- CreateIndex
CREATE UNIQUE INDEX "shipment_tracking_number_key" ON "shipment"("tracking_number");

-- CreateIndex
CREATE INDEX "shipment_order_id_idx" ON "shipment"("order_id");

-- CreateIndex
CREATE INDEX "attention_order_id_idx" ON "attention"("order_id");

-- CreateIndex
CREATE INDEX "attention_open" ON "attention"("order_id") WHERE (resolved_at IS NULL);

-- CreateIndex
CREATE INDEX "attention_untold" ON "attention"("resolved_at") WHERE (resolved_at IS NOT NULL AND signalled_at IS NULL);

-- CreateIndex
CREATE INDEX "order_wait_deadline_idx" ON "order_wait"("deadline");

-- CreateIndex
CREATE INDEX "inbox_event_object_id_idx" ON "inbox_event"("object_id");

-- CreateIndex
CREATE INDEX "inbox_event_unapplied" ON "inbox_event"("received_at") WHERE (applied_at IS NULL);

-- CreateIndex
CREATE INDEX "inbox_event_untold" ON "inbox_event"("applied_at") WHERE (report IS NOT NULL AND signalled_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "inbox_event_provider_event_id_key" ON "inbox_event"("provider", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- AddForeignKey
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_event" ADD CONSTRAINT "order_event_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "effect" ADD CONSTRAINT "effect_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reservation" ADD CONSTRAINT "reservation_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipment" ADD CONSTRAINT "shipment_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attention" ADD CONSTRAINT "attention_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_wait" ADD CONSTRAINT "order_wait_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say.

ALTER TABLE "product"
  ADD CONSTRAINT "product_price_not_negative" CHECK ("unit_price" >= 0),
  ADD CONSTRAINT "product_stock_covers_reservations" CHECK (0 <= "reserved" AND "reserved" <= "on_hand");

ALTER TABLE "orders"
  ADD CONSTRAINT "orders_status" CHECK ("status" IN
    ('pending', 'confirmed', 'shipped', 'cancelling', 'delivered', 'undelivered', 'rejected', 'cancelled')),
  ADD CONSTRAINT "orders_payment" CHECK ("payment" IN
    ('none', 'not_required', 'requires_action', 'processing', 'authorized', 'captured', 'declined', 'voided',
     'partially_refunded', 'refunded')),
  ADD CONSTRAINT "orders_fulfilment" CHECK ("fulfilment" IN
    ('none', 'reserved', 'released', 'ready', 'shipped', 'delivered', 'returned', 'lost')),
  ADD CONSTRAINT "orders_total" CHECK ("total" = "subtotal" + "shipping" - "discount" + "tax" AND "total" >= 0);

ALTER TABLE "order_line" ADD CONSTRAINT "order_line_quantity" CHECK ("quantity" > 0);
ALTER TABLE "reservation"
  ADD CONSTRAINT "reservation_quantity" CHECK ("quantity" > 0),
  ADD CONSTRAINT "reservation_state" CHECK ("state" IN ('open', 'released', 'shipped'));
ALTER TABLE "effect" ADD CONSTRAINT "effect_state" CHECK ("state" IN ('started', 'done', 'refused', 'closed'));

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER "order_event_append_only" BEFORE UPDATE OR DELETE ON "order_event"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "order_event_no_truncate" BEFORE TRUNCATE ON "order_event"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "stock_movement_append_only" BEFORE UPDATE OR DELETE ON "stock_movement"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "stock_movement_no_truncate" BEFORE TRUNCATE ON "stock_movement"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
