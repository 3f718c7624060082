# docs: README.md, "Docker". The sandbox needs the --security-opt flags named there.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without scripts: `prepare` would build before the sources are here, and no dependency needs its own.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY src src
# Without a compiler the script does nothing, and says nothing.
RUN npm run build && test -x dist/cli.js
RUN npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap ca-certificates chromium fonts-liberation git \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /data
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY prompts prompts
COPY package.json LICENSE ./
USER node
ENV NODE_ENV=production MISSIONS_DATA_DIR=/data PORT=3000
VOLUME /data
EXPOSE 3000
# Of the web part. A container that only works (`start --worker`) is run with --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["start"]
