// The floors of the house, top down: cli - main - process - gatehouse - boot - config - features - {gate, tokens, settings, verifier} -
// platform - host - http - engine - errors. No import runs up.
// A feature imports the stores, shapes, types and models of another feature alone. gatehouse.ts hands in everything else. A type
// import counts like any other import. Every feature stands on platform and writes through it.

/** The order of the features, top down. A feature imports features further down alone, and no neighbour. */
const order = [
  ['clients', 'accounts', 'from-code', 'events', 'sso', 'scim'], ['sessions', 'domains'], ['identities'],
  ['decisions', 'groups', 'memberships', 'tenants'], ['users'],
  ['roles', 'preview'], ['grants', 'links', 'audit', 'branding'],
  ['policies'], // below grants: the shared cache of grants checks cached policies and rights by their stored shape
];
/** These import no feature, and no feature imports them. */
const apart = ['signing-keys', 'system'];

const folders = (features) => `^src/features/(${features.join('|')})/`;
const orderRule = (features, lower) => ({
  name: `order-of-${features.join('-')}`, severity: 'error', from: { path: folders(features) },
  to: { path: '^src/features/', pathNot: folders(['$1', ...lower]) },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'engine-is-pure', severity: 'error', from: { path: '^src/engine/' }, to: { pathNot: '^src/(engine|errors)/|^net$' } }, // net: BlockList and isIP compute, and open nothing
    { name: 'http-knows-engine-alone', severity: 'error', from: { path: '^src/http/' }, to: { path: '^src/', pathNot: '^src/(http|engine|errors)/' } },
    { name: 'platform-knows-no-feature', severity: 'error', from: { path: '^src/platform/' }, to: { path: '^src/', pathNot: '^src/(platform|http|engine|errors)/' } },
    { name: 'platform-and-engine-outside-express', severity: 'error', from: { path: '^src/(platform|engine|features|tokens|settings)/' }, to: { path: 'node_modules/express/' } },
    { name: 'feature-by-its-doors', severity: 'error', from: { path: '^src/features/([^/]+)/' }, to: { path: '^src/features/', pathNot: '^src/features/$1/|\\.(shape|store|types|model)\\.ts$' } },
    ...order.map((features, index) => orderRule(features, order.slice(index + 1).flat())),
    orderRule(apart, []),
    { name: 'feature-has-a-place', severity: 'error', from: { path: '^src/features/', pathNot: folders([...order.flat(), ...apart]) }, to: {} },
    { name: 'features-below-root', severity: 'error', from: { path: '^src/(features|gate|host|platform|http|engine|tokens)/' }, to: { path: '^src/(gatehouse|gatehouse\\.types|main|index)\\.ts$|^src/(cli|process|boot)/|^config/|^scripts/' } },
    { name: 'gate-knows-no-feature', severity: 'error', from: { path: '^src/gate/' }, to: { path: '^src/', pathNot: '^src/(gate|platform|http|engine|errors|host)/' } },
    { name: 'host-stands-on-http', severity: 'error', from: { path: '^src/host/' }, to: { path: '^src/', pathNot: '^src/(host|http|engine|errors)/' } },
    { name: 'tokens-are-pure', severity: 'error', from: { path: '^src/tokens/' }, to: { path: '^src/', pathNot: '^src/(tokens|engine|errors)/|^src/platform/keyed-digest\\.ts$' } },
    { name: 'settings-know-no-feature', severity: 'error', from: { path: '^src/settings/' }, to: { path: '^src/(features|gate|process|boot|cli)/' } },
    { name: 'commands-are-the-top', severity: 'error', from: { path: '^(src|config)/', pathNot: '^src/cli/' }, to: { path: '^src/cli/' } },
    { name: 'errors-are-ground', severity: 'error', from: { path: '^src/errors/' }, to: { path: '^src/', pathNot: '^src/errors/|\\.errors\\.ts$' } },
    { name: 'modules-are-for-the-root', severity: 'error', from: { path: '^src/', pathNot: '^src/gatehouse\\.ts$' }, to: { path: '\\.module\\.ts$' } },
    { name: 'database-in-stores', severity: 'error', from: { path: '^src/(platform|features)/', pathNot: '\\.(model|store)\\.ts$|^src/platform/database/' }, to: { path: 'node_modules/mongoose/' } },
    { name: 'source-without-scripts', severity: 'error', from: { path: '^(src|config)/' }, to: { path: '^(scripts|test|examples)/' } },
    { name: 'verifier-knows-tokens-alone', severity: 'error', from: { path: '^src/verifier/' }, to: { path: '^src/', pathNot: '^src/(verifier|engine|host|http|errors)/|^src/(gate/(bearer-token|authenticator)|tokens/(access-claims|compact-jws|remote-keys|strict-json|verify-token|verification-key))\\.ts$' } },
    { name: 'verifier-without-database', severity: 'error', from: { path: '^src/verifier/' }, to: { path: 'node_modules/(mongoose|mongodb|bcryptjs|nodemailer)/', reachable: true } },
    { name: 'examples-are-customers', severity: 'error', from: { path: '^examples/' }, to: { path: '^src/', pathNot: '^src/(index|verifier/index)\\.ts$' } },
    // download-mongod.ts uses mongodb-memory-server only where it is installed.
    { name: 'no-undeclared-packages', severity: 'error', from: { path: '^(src|config)/', pathNot: '^src/cli/local-mongo/engines/download-mongod\\.ts$' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm-peer'] } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' } },
};
