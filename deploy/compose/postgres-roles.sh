#!/bin/sh
# What each part may do in PostgreSQL, as none needs the superuser. Runs at every start; what is there already stays, so
# that a password changed in .env holds after the next `docker compose up`.
#   orders_owner   the database's owner: the migrations
#   orders         reads and writes rows: API, worker and API keys
#   temporal       makes its two databases, and owns them
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
  --set owner_password="$ORDERS_OWNER_PASSWORD" \
  --set orders_password="$ORDERS_PASSWORD" \
  --set temporal_password="$TEMPORAL_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest(ARRAY['orders_owner', 'orders', 'temporal']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE orders_owner PASSWORD :'owner_password';
ALTER ROLE orders PASSWORD :'orders_password';
ALTER ROLE temporal CREATEDB PASSWORD :'temporal_password';

SELECT 'CREATE DATABASE orders OWNER orders_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'orders') \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE orders FROM PUBLIC;
GRANT CONNECT ON DATABASE orders TO orders;

\connect orders
ALTER SCHEMA public OWNER TO orders_owner;
GRANT USAGE ON SCHEMA public TO orders;
-- What a later migration makes is granted the same way.
ALTER DEFAULT PRIVILEGES FOR ROLE orders_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO orders;
ALTER DEFAULT PRIVILEGES FOR ROLE orders_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO orders;
SQL
