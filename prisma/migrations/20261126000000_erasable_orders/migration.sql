-- The erasure of a person: what says who somebody is can go. One table in each migration, for an API that is running
-- locks them in an order of its own.

ALTER TABLE "orders"
  ALTER COLUMN "customer_name" DROP NOT NULL,
  ALTER COLUMN "customer_email" DROP NOT NULL,
  ALTER COLUMN "shipping_address" DROP NOT NULL,
  ALTER COLUMN "payment_method" DROP NOT NULL,
  -- All of it, or nothing.
  ADD CONSTRAINT "orders_person" CHECK (
    num_nulls("customer_name", "customer_email", "shipping_address", "payment_method") = 0
    OR num_nonnulls("customer_id", "customer_name", "customer_email", "shipping_address", "billing_address",
      "payment_method") = 0) NOT VALID;
