-- Who is told of events, and each event that is sent to them. The release before knows none of it.
CREATE TABLE "webhook_endpoint" (
  "id" UUID NOT NULL,
  "url" TEXT NOT NULL,
  "events" TEXT[],
  "description" TEXT,
  "status" TEXT NOT NULL DEFAULT 'enabled',
  "disabled_reason" TEXT,
  "disabled_at" TIMESTAMPTZ(3),
  "failing_since" TIMESTAMPTZ(3),
  "failures" INTEGER NOT NULL DEFAULT 0,
  "resumes_at" TIMESTAMPTZ(3),
  "takes" BIGINT NOT NULL DEFAULT 0,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

  CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "webhook_secret" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "endpoint_id" UUID NOT NULL,
  "sealed" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "expires_at" TIMESTAMPTZ(3),

  CONSTRAINT "webhook_secret_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "webhook_secret_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "webhook_secret_endpoint_id_idx" ON "webhook_secret"("endpoint_id");

-- Kept when its endpoint is deleted, until it is past its age.
CREATE TABLE "webhook_delivery" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "endpoint_id" UUID NOT NULL,
  "event_id" UUID NOT NULL,
  "type" TEXT NOT NULL,
  "payload" JSONB,
  "replay_id" UUID,
  "state" TEXT NOT NULL DEFAULT 'waiting',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "tries" INTEGER NOT NULL DEFAULT 0,
  "fence" INTEGER NOT NULL DEFAULT 0,
  "due_at" TIMESTAMPTZ(3) DEFAULT now(),
  "leased_until" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "settled_at" TIMESTAMPTZ(3),

  CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "webhook_delivery_due" ON "webhook_delivery"("endpoint_id", "due_at") WHERE "due_at" IS NOT NULL;
CREATE INDEX "webhook_delivery_leased" ON "webhook_delivery"("endpoint_id") WHERE "leased_until" IS NOT NULL;
CREATE INDEX "webhook_delivery_endpoint_id_state_id_idx" ON "webhook_delivery"("endpoint_id", "state", "id");

CREATE TABLE "webhook_attempt" (
  "delivery_id" UUID NOT NULL,
  "number" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "duration" INTEGER NOT NULL,
  "status" INTEGER,
  "failure" TEXT,
  "answer" TEXT,

  CONSTRAINT "webhook_attempt_pkey" PRIMARY KEY ("delivery_id", "number"),
  CONSTRAINT "webhook_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "webhook_delivery"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "webhook_replay" (
  "id" UUID NOT NULL,
  "endpoint_id" UUID NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "types" TEXT[],
  "after" UUID NOT NULL,
  "deliveries" INTEGER NOT NULL DEFAULT 0,
  "requested_by" TEXT NOT NULL,
  "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "finished_at" TIMESTAMPTZ(3),

  CONSTRAINT "webhook_replay_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "webhook_replay_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "webhook_replay_endpoint_id_idx" ON "webhook_replay"("endpoint_id");
CREATE INDEX "webhook_replay_open" ON "webhook_replay"("requested_at") WHERE "finished_at" IS NULL;

INSERT INTO "removal_pass" ("table") VALUES ('webhook_delivery');
