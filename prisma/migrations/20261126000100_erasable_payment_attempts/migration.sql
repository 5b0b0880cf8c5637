ALTER TABLE "payment_attempt" ALTER COLUMN "method" DROP NOT NULL;
