# syntax=docker/dockerfile:1

# One image for every program; the command says which:
#   node dist/apps/api/main.js       the HTTP API (the default)
#   node dist/apps/worker/main.js    the Temporal worker; as many as there is work for
#   node dist/prisma/migrate.js      the migrations, once before a new version of the others
#   node dist/apps/api/keys.js       makes, lists and revokes API keys
# The target `sandbox` is the same and stand-ins for Stripe and the carrier, which no production image holds:
#   node dist/dev/sandbox/main.js
# Settings come from the environment alone; .env.example describes them.

FROM node:20.20-bookworm-slim AS build
WORKDIR /app

# What `npm ci` reads, its postinstall (the Prisma client) included: it runs again only when this changes.
COPY package.json package-lock.json prisma.config.ts ./
COPY prisma/generate.mjs prisma/schema.prisma prisma/
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm --no-audit --no-fund

COPY tsconfig.json tsconfig.build.json ./
COPY prisma prisma
COPY libs libs
COPY apps apps
COPY dev dev
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20.20-bookworm-slim AS runtime
# Temporal's client trusts the certificates of the system, and the slim image has none.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node /data

WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/prisma/schema.prisma prisma/
COPY --from=build /app/prisma/migrations prisma/migrations
COPY --from=build /app/dist/apps dist/apps
COPY --from=build /app/dist/libs dist/libs
COPY --from=build /app/dist/prisma dist/prisma
COPY --from=build /app/dist/workflow-bundle.js dist/

FROM runtime AS sandbox
COPY --from=build /app/dist/dev/sandbox dist/dev/sandbox
USER node
EXPOSE 4010
CMD ["node", "dist/dev/sandbox/main.js"]

FROM runtime AS production
USER node
EXPOSE 3000
CMD ["node", "dist/apps/api/main.js"]
