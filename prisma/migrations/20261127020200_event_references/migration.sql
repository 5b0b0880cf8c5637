-- Our reference, where the carrier's event bears it.

ALTER TABLE "inbox_event" ADD COLUMN "reference" TEXT;
CREATE INDEX "inbox_event_reference" ON "inbox_event"("reference") WHERE "reference" IS NOT NULL;
