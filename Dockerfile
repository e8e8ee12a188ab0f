# The worker, and the commands, of one lake. Built and run by docker-compose.yml.

FROM node:20.19.5-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package of ours needs its install script.
RUN npm ci --omit=dev --ignore-scripts

FROM node:20.19.5-bookworm-slim
# What keeps the worker's memory small: see worker/worker-command.ts.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json tsconfig.json marketlake.yaml settings.ts ./
COPY activities activities
COPY alerts alerts
COPY calendars calendars
COPY client client
COPY contracts contracts
COPY lake lake
COPY plan plan
COPY proof proof
COPY report report
COPY settings settings
COPY sources sources
COPY sql sql
COPY telemetry telemetry
COPY warehouse warehouse
COPY worker worker
COPY workflows workflows
# The worker then needs no bundler and writes nothing when it starts: its root may be read-only.
RUN node --import tsx worker/build-bundle.ts && rm -rf /tmp/*
# A named volume takes over the owner of the folder it is first mounted on.
RUN mkdir /lake && chown node:node /lake
USER node
STOPSIGNAL SIGTERM
# Healthy is who asks the server for work, not who merely runs. A process of its own, so not more often than this.
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 \
  CMD ["node", "--import", "tsx", "client/healthy.ts"]
ENTRYPOINT ["node", "--import", "tsx"]
CMD ["worker/main.ts"]
