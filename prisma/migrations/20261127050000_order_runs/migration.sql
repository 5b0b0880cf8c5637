-- Orders whose run is gone: which run of an order is its last, and how far the search for lost runs has come.

-- Dropping the column drops its index "orders_open", too.
ALTER TABLE "orders"
  DROP COLUMN "look_at",
  ADD COLUMN "run" INTEGER NOT NULL DEFAULT 1;
CREATE INDEX "orders_open" ON "orders"("id") WHERE "closed_at" IS NULL;

-- One row, which every worker reads and one at a time moves on.
CREATE TABLE "run_look" (
  "id" SMALLINT NOT NULL DEFAULT 1,
  "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "closed_until" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "compared_to" UUID,
  "alarm_since" TIMESTAMPTZ(3),
  "alarm_runs" INTEGER NOT NULL DEFAULT 0,

  CONSTRAINT "run_look_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "run_look_one_row" CHECK ("id" = 1)
);
-- Runs that were closed before this release was there to look are found by the comparison.
INSERT INTO "run_look" DEFAULT VALUES;
