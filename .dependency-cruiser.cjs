// The direction of DESIGN: main -> gatehouse -> features -> { access, http, mongo, errors }.
// A feature reaches another feature only through functions handed to it by gatehouse.ts; types and answer shapes may be
// imported. changes/ is what every feature writes through, so it stands below them.
const features = 'roles|users|sessions|signing-keys|tenants|audit|tokens|passwords|system|profile|mail|accounts|limits|permissions|groups|memberships|clients|oauth|metrics';
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'access-is-pure', severity: 'error', from: { path: '^src/access/' }, to: { pathNot: '^src/(access/|errors\\.ts$)|^net$' } }, // net: BlockList and isIP compute, and open nothing
    { name: 'http-knows-no-feature', severity: 'error', from: { path: '^src/http/' }, to: { path: '^src/', pathNot: '^src/(http|access)/|^src/errors\\.ts$' } },
    { name: 'mongo-knows-no-feature', severity: 'error', from: { path: '^src/mongo/' }, to: { path: '^src/', pathNot: '^src/(mongo|access)/|^src/errors\\.ts$' } },
    { name: 'redis-knows-no-feature', severity: 'error', from: { path: '^src/redis/' }, to: { path: '^src/', pathNot: '^src/redis/|^src/keyed-digest\\.ts$' } },
    { name: 'mongo-outside-express', severity: 'error', from: { path: '^src/(mongo|access)/' }, to: { path: 'node_modules/express/' } },
    { name: 'features-apart', severity: 'error', from: { path: `^src/(${features})/` }, to: { path: `^src/(${features})/`, pathNot: '^src/$1/|\\.shapes\\.ts$', dependencyTypesNot: ['type-only'] } },
    { name: 'changes-below-features', severity: 'error', from: { path: '^src/changes/' }, to: { path: `^src/(${features})/`, dependencyTypesNot: ['type-only'] } },
    { name: 'features-below-root', severity: 'error', from: { path: `^src/(${features}|authenticator|guards)/` }, to: { path: '^src/(gatehouse|main|index)\\.ts$|^config/|^scripts/', dependencyTypesNot: ['type-only'] } },
    { name: 'source-without-scripts', severity: 'error', from: { path: '^(src|config)/' }, to: { path: '^(scripts|test|examples)/' } },
    { name: 'verifier-knows-tokens-alone', severity: 'error', from: { path: '^src/verifier/' }, to: { path: '^src/', pathNot: '^src/(verifier|access|guards|http)/|^src/(errors|authenticator/(bearer-token|authenticator)|tokens/(access-claims|compact-jws|strict-json|verify-token)|signing-keys/verification-key)\\.ts$' } },
    { name: 'verifier-without-database', severity: 'error', from: { path: '^src/verifier/' }, to: { path: 'node_modules/(mongoose|mongodb|bcryptjs|nodemailer)/', reachable: true } },
    { name: 'examples-are-customers', severity: 'error', from: { path: '^examples/' }, to: { path: '^src/', pathNot: '^src/(index|verifier/index)\\.ts$' } },
    { name: 'no-undeclared-packages', severity: 'error', from: { path: '^(src|config)/' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm-peer'] } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' } },
};
