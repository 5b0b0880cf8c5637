-- What is told about orders: written with the change, and given its place in the stream once that has committed. The
-- release before writes no events.
CREATE TABLE "outbox_event" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "sequence" BIGINT,
  "type" TEXT NOT NULL,
  "time" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  "order_id" UUID NOT NULL,
  "data" JSONB NOT NULL,

  CONSTRAINT "outbox_event_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "outbox_event_sequence_key" ON "outbox_event"("sequence");
CREATE INDEX "outbox_event_unsequenced" ON "outbox_event"("id") WHERE "sequence" IS NULL;
CREATE SEQUENCE "outbox_event_sequence" AS BIGINT;

-- Which events are removed: one row. A reader that stopped before them has missed some.
CREATE TABLE "event_stream" (
  "id" SMALLINT NOT NULL DEFAULT 1,
  "removed_to" BIGINT NOT NULL DEFAULT 0,

  CONSTRAINT "event_stream_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "event_stream_one_row" CHECK ("id" = 1)
);
INSERT INTO "event_stream" DEFAULT VALUES;
INSERT INTO "removal_pass" ("table") VALUES ('outbox_event');
