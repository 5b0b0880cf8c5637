-- When an order went on with what an operator answered; until then only that it was told is known.

ALTER TABLE "attention" ADD COLUMN "applied_at" TIMESTAMPTZ(3);
UPDATE "attention" SET "applied_at" = COALESCE("signalled_at", "resolved_at") WHERE "action" IS NOT NULL;
