# One image for every program; the command says which:
#   node dist/apps/api/main.js       the HTTP API (the default)
#   node dist/apps/worker/main.js    the Temporal worker; as many as there is work for
#   node dist/prisma/migrate.js      the migrations, once before a new version of the others
#   node dist/apps/api/keys.js       makes, lists and revokes API keys
#   node dist/apps/api/people.js     lists, signs out and erases people
# The target `sandbox` is the same and stand-ins for Stripe and the carrier, which no production image holds:
#   node dist/dev/sandbox/main.js
# Settings come from the environment alone; .env.example describes them.
#
# Architectures: amd64, which `npm run test:containers` builds and runs, and arm64, which has not been built yet.

ARG NODE_VERSION=24.21.0
ARG DEBIAN_VERSION=13.8

# These three run on the machine that builds: what they make is JavaScript, and every architecture's native module.
FROM --platform=$BUILDPLATFORM node:${NODE_VERSION}-trixie-slim AS packages
WORKDIR /app

# No package's scripts run, as some would download: what is needed of them, the Prisma client, the build makes.
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --ignore-scripts --cache /var/cache/npm --no-audit --no-fund

FROM packages AS build
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY prisma prisma
COPY libs libs
COPY apps apps
COPY dev dev
RUN npm run build

# Optional packages are compilers of the workflow bundle, which the build makes. What is deleted by name is what
# packages bring along and no program reads: native modules of other platforms, sources, other databases, types.
FROM packages AS modules
ARG TARGETARCH
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && case "$TARGETARCH" in \
    amd64) bridge=x86_64-unknown-linux-gnu ;; \
    arm64) bridge=aarch64-unknown-linux-gnu ;; \
    *) echo "Temporal's SDK has no native module for $TARGETARCH: build for amd64 or arm64." >&2; exit 1 ;; \
  esac \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$bridge" -exec rm -r {} + \
  && rm -r node_modules/@temporalio/core-bridge/sdk-core node_modules/@opentelemetry/*/build/esm \
    node_modules/@opentelemetry/*/build/esnext \
  && find node_modules/@prisma/client/runtime -name 'query_compiler_*' ! -name '*_fast_bg.postgresql.*mjs' -delete \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.md' \) -delete

FROM node:${NODE_VERSION}-trixie-slim AS node

# Not the image of Node: npm, yarn and the C++ headers, a quarter of its size, have no use in production.
FROM debian:${DEBIAN_VERSION}-slim AS runtime
# Temporal's client trusts the certificates of the system. Without an init, Node as process 1 does not hear a SIGTERM
# that comes before it listens for it. Node 26 needs libatomic1.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates libatomic1 tini \
  && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
  && groupadd --gid 1000 node \
  && useradd --uid 1000 --gid node --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin node \
  && install --directory --owner=node --group=node /data
COPY --from=node /usr/local/bin/node /usr/local/bin/

WORKDIR /app
ENV NODE_ENV=production
# glibc gives each thread an area of memory of its own, which keeps what it once took: a worker took 100 MB more.
ENV MALLOC_ARENA_MAX=2
COPY --from=build /app/package.json ./
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/prisma/schema.prisma prisma/
COPY --from=build /app/prisma/migrations prisma/migrations
COPY --from=build /app/dist/apps dist/apps
COPY --from=build /app/dist/libs dist/libs
COPY --from=build /app/dist/prisma dist/prisma
COPY --from=build /app/dist/workflow-bundle.js dist/

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="order-processing" \
  org.opencontainers.image.description="Takes an order from \"the shopper pressed buy\" to \"the parcel arrived and everyone was told\"" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
ENTRYPOINT ["tini", "--"]

FROM runtime AS sandbox
COPY --from=build /app/dist/dev/sandbox dist/dev/sandbox
USER 1000:1000
EXPOSE 4010
CMD ["node", "dist/dev/sandbox/main.js"]

FROM runtime AS production
# By number: Kubernetes' runAsNonRoot cannot tell who a name is.
USER 1000:1000
EXPOSE 3000
CMD ["node", "dist/apps/api/main.js"]
