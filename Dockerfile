# The collector alone: without compilers, tests or the embedded PostgreSQL, so it needs DATABASE_URL.
FROM node:22-alpine AS build
WORKDIR /build
COPY . .
RUN npm ci --no-audit --no-fund && npm run build

FROM node:22-alpine AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY schema/package.json schema/
COPY collector/package.json collector/
COPY collector/bin collector/bin
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund --workspace @footfall/schema --workspace @footfall/collector

FROM node:22-alpine
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 FOOTFALL_DATA_DIR=/var/lib/footfall FOOTFALL_LOG_FORMAT=json
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /build/schema/dist schema/dist
COPY schema/migrations schema/migrations
COPY --from=build /build/collector/dist collector/dist
RUN mkdir -p /var/lib/footfall && chown node:node /var/lib/footfall && ln -s /app/collector/bin/footfall.js /usr/local/bin/footfall
USER node
VOLUME /var/lib/footfall
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=32", "--max-old-space-size=1536", "collector/bin/footfall.js"]
CMD ["start"]
