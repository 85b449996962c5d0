/** A group of tests and benchmarks that prove something about a part of the source in the full form. */
export interface Proof {
  readonly name: string;
  /** Folders and files of the source. After a change there, the proof is old. */
  readonly covers: readonly string[];
  /** Test files, by the beginnings of their paths. */
  readonly tests: readonly string[];
  /** Arguments of `npm run bench --`. */
  readonly benches?: readonly (readonly string[])[];
}

/** Every proof depends on these. */
export const affectsAll = [
  'package-lock.json', 'config', 'test/support', 'scripts/test-run', 'src/cli/local-mongo', 'scripts/local-mongo.ts',
  'scripts/build-secantus.ts',
];

export const proofs: readonly Proof[] = [
  {
    name: 'decisions',
    covers: ['src/engine', 'src/features/decisions', 'src/features/grants', 'src/features/policies', 'src/host', 'src/errors'],
    tests: [
      'test/engine/', 'test/host/accessible-by/stored-values.property', 'test/alone/bench-decide', 'test/alone/hostile-cost',
      'test/alone/many-users', 'test/features/decisions/who-can.property',
      'test/bench/check',
    ],
    benches: [['decide'], ['check']],
  },
  {
    name: 'gate',
    covers: ['src/gate', 'src/http', 'src/platform/call-host.ts', 'src/index.ts', 'src/features/system'],
    tests: [
      'test/fuzz/', 'test/http/census/', 'test/gatehouse/random-input', 'test/alone/schemathesis', 'test/alone/typed-client',
      'test/bench/gate', 'test/bench/comparison', 'test/readme/package',
    ],
    benches: [['gate', '--sessions', '1,100,10000'], ['gate', '--workers', '2']],
  },
  {
    name: 'tokens',
    covers: ['src/tokens', 'src/features/signing-keys', 'src/verifier', 'src/features/clients', 'src/platform/keyed-digest.ts'],
    tests: ['test/tokens/', 'test/features/signing-keys/', 'test/features/links/', 'test/asvs/'],
  },
  {
    name: 'logins',
    covers: [
      'src/features/accounts', 'src/features/users', 'src/features/links',
      'src/platform/passwords', 'src/platform/limits', 'src/platform/mail',
    ],
    tests: [
      'test/alone/telling', 'test/alone/login-flood', 'test/platform/limits/logins-at-once',
      'test/platform/passwords/password-lag', 'test/bench/login', 'test/features/users/search/search-plan',
    ],
    benches: [['login']],
  },
  {
    name: 'roles',
    covers: [
      'src/features/roles', 'src/features/groups', 'src/features/memberships', 'src/features/preview', 'src/features/audit',
      'src/features/from-code', 'src/features/events',
    ],
    tests: [
      'test/features/preview/', 'test/features/grants/delegation', 'test/features/roles/role-deletion',
      'test/features/users/superadmin/last-superadmin', 'test/faults/kill-during-role-update',
      'test/features/events/',
    ],
  },
  {
    name: 'tenants',
    covers: ['src/features/tenants', 'src/features/branding'],
    tests: ['test/features/tenants/', 'test/alone/heavy-tenant', 'test/bench/tenants'],
    benches: [['tenants']],
  },
  {
    name: 'sign-on',
    covers: [
      'src/features/sso', 'src/features/scim', 'src/features/identities', 'src/features/domains', 'src/platform/outbound',
      'src/platform/sealed.ts',
    ],
    tests: [
      'test/features/sso/', 'test/features/scim/', 'test/features/identities/', 'test/features/domains/', 'test/platform/outbound/',
      'test/peers/', 'test/alone/many-providers',
    ],
  },
  {
    name: 'revocation',
    covers: ['src/platform/cache', 'src/platform/changes', 'src/features/sessions'],
    tests: [
      'test/alone/revocation', 'test/alone/redis-revocation', 'test/platform/cache/', 'test/process/revocation',
      'test/faults/broken-feed', 'test/faults/held-loads', 'test/faults/million-sessions',
    ],
    benches: [['revocation', '--nodes', '2', '--changes', '10000']],
  },
  {
    name: 'boot',
    covers: ['src/boot', 'src/gatehouse.ts', 'src/gatehouse.types.ts', 'src/settings'],
    tests: ['test/boot/declarations/', 'test/faults/boot-race', 'test/faults/kill-during-seeding', 'test/bench/boot'],
    benches: [['boot']],
  },
  {
    name: 'faults',
    covers: [
      'src/platform/database', 'src/platform/metrics', 'src/platform/module.ts', 'src/platform/platform.ts',
      'src/platform/platform.errors.ts', 'src/process', 'src/cli', 'src/main.ts',
    ],
    tests: ['test/alone/database-outage', 'test/alone/slow-clients', 'test/faults/', 'test/containers/'],
  },
];

/** How `npm run proofs` is used, and the names that it takes. */
export function describeProofs(): string {
  return [
    'npm run proofs -- [NAME ...] [OPTIONS OF JEST]   runs these proofs, without a name all of them (about two hours)',
    'npm run proofs -- --old                          runs nothing, lists the proofs that are older than what they cover',
    ...proofs.map(({ name, covers }) => `  ${name.padEnd(12)} ${covers.join(', ')}`),
  ].join('\n');
}

/** Finds proofs by their names, or by a folder of src, with or without the folders above it. Throws for an unknown name. */
export function findProofs(names: readonly string[]): readonly Proof[] {
  if (names.length === 0) return proofs;
  const found = names.map((name) => {
    const folder = name.replace(/\/$/, '').replace(/^(src\/)?/, 'src/');
    const isOf = (covered: string): boolean => covered === folder || covered.endsWith(folder.replace(/^src/, ''));
    const matching = proofs.filter((proof) => proof.name === name || proof.covers.some(isOf));
    if (matching.length === 0) {
      const known = proofs.map((proof) => proof.name).join(', ');
      throw new Error(`No proof is named "${name}" or covers ${folder}. Cure: one of ${known}, or a folder of src.`);
    }
    return matching;
  });
  return proofs.filter((proof) => found.some((matching) => matching.includes(proof)));
}
