-- Which worker has which item of the sweeper, so that no other repeats it meanwhile.
CREATE TABLE "sweep_lease" (
  "duty" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "tried_at" TIMESTAMPTZ(3),

  CONSTRAINT "sweep_lease_pkey" PRIMARY KEY ("duty", "key")
);

-- How far the removal of old rows has come: one row for each table that rows are removed from.
CREATE TABLE "removal_pass" (
  "table" TEXT NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "after" TEXT,

  CONSTRAINT "removal_pass_pkey" PRIMARY KEY ("table")
);
INSERT INTO "removal_pass" ("table") VALUES ('idempotency_key'), ('inbox_event');
