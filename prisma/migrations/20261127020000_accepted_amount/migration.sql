-- What an operator took instead of an order's total, where another amount was paid.

ALTER TABLE "orders" ADD COLUMN "accepted_amount" BIGINT;
