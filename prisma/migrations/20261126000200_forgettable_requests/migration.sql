-- Of requests that nobody may be able to guess any more.
ALTER TABLE "idempotency_key" ALTER COLUMN "request_hash" DROP NOT NULL;
