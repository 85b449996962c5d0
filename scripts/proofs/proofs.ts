/** One group of proofs: what it says something about, and what it runs in the full form. */
export interface Proof {
  readonly name: string;
  /** Folders and files of the source; a change there makes the proof old. */
  readonly covers: readonly string[];
  /** Test files, by the beginnings of their paths. */
  readonly tests: readonly string[];
  /** Arguments of `npm run bench --`. */
  readonly benches?: readonly (readonly string[])[];
}

/** What every proof depends on. */
export const affectsAll = ['package-lock.json', 'config', 'test/support', 'scripts/test-run', 'scripts/local-mongo', 'scripts/local-mongo.ts'];

export const proofs: readonly Proof[] = [
  {
    name: 'decisions',
    covers: ['src/access', 'src/permissions', 'src/guards', 'src/errors.ts', 'src/delegation-services.ts', 'src/question-services.ts'],
    tests: ['test/access/', 'test/mongo/stored-values.property', 'test/alone/bench-decide', 'test/bench/check'],
    benches: [['decide'], ['check']],
  },
  {
    name: 'gate',
    covers: ['src/authenticator', 'src/http', 'src/gating.ts', 'src/routes.ts', 'src/app.ts', 'src/record-refusals.ts', 'src/host-call.ts', 'src/index.ts', 'src/system', 'src/profile'],
    tests: ['test/fuzz/', 'test/census/', 'test/api/random-input', 'test/bench/gate', 'test/readme/package'],
    benches: [['gate', '--sessions', '1,100,10000'], ['gate', '--workers', '2']],
  },
  {
    name: 'tokens',
    covers: ['src/tokens', 'src/signing-keys', 'src/verifier', 'src/oauth', 'src/clients', 'src/client-services.ts', 'src/keyed-digest.ts'],
    tests: ['test/tokens/', 'test/asvs/'],
  },
  {
    name: 'logins',
    covers: ['src/accounts', 'src/account-services.ts', 'src/passwords', 'src/limits', 'src/mail', 'src/users'],
    tests: ['test/alone/telling', 'test/alone/login-flood', 'test/limits/logins-at-once', 'test/passwords/password-lag', 'test/access/hostile-cost', 'test/bench/login'],
    benches: [['login']],
  },
  {
    name: 'roles',
    covers: ['src/roles', 'src/groups', 'src/memberships', 'src/grant-services.ts', 'src/audit'],
    tests: ['test/api/preview', 'test/api/delegation', 'test/api/role-deletion', 'test/api/last-superadmin', 'test/faults/kill-during-role-update'],
  },
  {
    name: 'tenants',
    covers: ['src/tenants', 'src/tenant-services.ts', 'src/stores.ts'],
    tests: ['test/tenants/', 'test/bench/tenants'],
    benches: [['tenants']],
  },
  {
    name: 'revocation',
    covers: ['src/freshness', 'src/changes', 'src/sessions', 'src/redis'],
    tests: ['test/alone/revocation', 'test/alone/redis-revocation', 'test/redis/', 'test/process/revocation', 'test/faults/broken-feed', 'test/faults/held-loads', 'test/faults/million-sessions'],
    benches: [['revocation', '--nodes', '2', '--changes', '10000']],
  },
  {
    name: 'boot',
    covers: ['src/seeding.ts', 'src/gatehouse.ts', 'src/services.ts', 'src/settings.ts', 'src/settings.schema.ts', 'src/announcement.ts', 'src/declarations', 'src/peer-packages.ts'],
    tests: ['test/declarations/', 'test/faults/boot-race', 'test/faults/kill-during-seeding', 'test/bench/boot'],
    benches: [['boot']],
  },
  {
    name: 'faults',
    covers: ['src/mongo', 'src/workers', 'src/metrics', 'src/main.ts', 'src/serve.ts', 'src/listen.ts', 'src/exit.ts', 'src/stop-signals.ts'],
    tests: ['test/alone/database-outage', 'test/faults/'],
  },
];

/** The proofs of these names: of a proof, or of a folder of src. Throws for a name of neither. */
export function findProofs(names: readonly string[]): readonly Proof[] {
  if (names.length === 0) return proofs;
  const found = names.map((name) => {
    const folder = name.replace(/\/$/, '').replace(/^(src\/)?/, 'src/');
    const matching = proofs.filter((proof) => proof.name === name || proof.covers.includes(folder));
    if (matching.length === 0) throw new Error(`No proof is named "${name}" or covers ${folder}. Cure: one of ${proofs.map((proof) => proof.name).join(', ')}, or a folder of src.`);
    return matching;
  });
  return proofs.filter((proof) => found.some((matching) => matching.includes(proof)));
}
