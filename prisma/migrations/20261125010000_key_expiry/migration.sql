-- API keys that end by themselves.

ALTER TABLE "api_key" ADD COLUMN "expires_at" TIMESTAMPTZ(3);
