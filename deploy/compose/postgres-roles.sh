#!/bin/sh
# Runs once, while PostgreSQL has no data yet: what each part may do there, as none needs the superuser.
#   orders_owner   the database's owner: the migrations
#   orders         reads and writes rows: API, worker and API keys
#   temporal       makes its two databases, and owns them
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set owner_password="$ORDERS_OWNER_PASSWORD" \
  --set orders_password="$ORDERS_PASSWORD" \
  --set temporal_password="$TEMPORAL_PASSWORD" <<'SQL'
CREATE ROLE orders_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE orders LOGIN PASSWORD :'orders_password';
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal_password';

CREATE DATABASE orders OWNER orders_owner;
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
