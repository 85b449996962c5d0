# Gatehouse as a container: `docker build --tag gatehouse .`; then see compose.yaml and examples/kubernetes/.

# Compiles the sources, and then drops the development packages. package-lock.json decides every version.
FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
RUN npm pkg delete devDependencies && npm install --ignore-scripts
# No program reads these files of packages.
RUN find node_modules -type f \( -name '*.map' -o -name '*.md' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete

# The image: a folder where the package is installed, so that `npx express-gatehouse` in messages works here too.
FROM node:22-slim
WORKDIR /app
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/package.json /build/LICENSE ./node_modules/express-gatehouse/
COPY --from=build /build/dist ./node_modules/express-gatehouse/dist
RUN chmod 755 node_modules/express-gatehouse/dist/src/cli/cli.js \
 && ln -s ../express-gatehouse/dist/src/cli/cli.js node_modules/.bin/express-gatehouse \
 && mkdir -m 1777 .gatehouse
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 PATH=/app/node_modules/.bin:$PATH
USER node
EXPOSE 3000
# /livez and not /readyz: a container is not broken while its database is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["express-gatehouse"]
CMD ["start"]
