# The three apps in one image; docker-compose.yml chooses which one runs.
FROM node:24-bookworm-slim AS build
WORKDIR /headwater
COPY . .
RUN npm install --no-save && node scripts/generate.mjs && node scripts/build.mjs release

FROM node:24-bookworm-slim
WORKDIR /headwater
ENV NODE_ENV=production
ENV MALLOC_ARENA_MAX=2
COPY --from=build /headwater/package.json ./
COPY --from=build /headwater/node_modules ./node_modules
COPY --from=build /headwater/libs ./libs
COPY --from=build /headwater/apps ./apps
COPY --from=build /headwater/dist/release ./dist/release
RUN mkdir -p /var/lib/headwater/lake && chown -R node:node /var/lib/headwater
USER node
EXPOSE 7070
CMD ["node", "--enable-source-maps", "--max-semi-space-size=16", "dist/release/control-plane.mjs"]
