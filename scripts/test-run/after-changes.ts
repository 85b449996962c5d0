import { spawnSync } from 'node:child_process';
import { affectsAll } from '../proofs/proofs.ts';

/** Tests that the short form runs only when something that they test has changed. */
export interface AfterChange {
  /** Test files, and folders of them; a folder ends with /. */
  readonly tests: readonly string[];
  /** Files and folders of the source. */
  readonly covers: readonly string[];
}

/** The one list of them. Whatever `affectsAll` names selects all, and the other forms run everything. */
export const afterChanges: readonly AfterChange[] = [
  {
    // Builds, packs and installs the package, which takes a whole processor for half a minute.
    tests: ['test/readme/package.test.ts', 'test/cli/package.test.ts'],
    covers: [
      'package.json', 'README.md', 'docs/', 'tsconfig.json', 'tsconfig.build.json', 'scripts/copy-docs-files.ts', 'scripts/pages/',
      'examples/', 'src/cli/', 'src/index.ts', 'src/gatehouse.ts', 'src/gatehouse.types.ts', 'src/main.ts', 'src/verifier/',
      'src/settings/', 'test/readme/',
    ],
  },
  {
    // Kills processes, databases and connections, and waits for what follows.
    tests: ['test/faults/'],
    covers: [
      'src/platform/cache/', 'src/platform/changes/', 'src/platform/database/', 'src/features/sessions/', 'src/features/tenants/',
      'src/features/roles/', 'src/boot/', 'src/process/', 'src/http/server/', 'src/main.ts', 'src/gatehouse.ts',
      'src/cli/', 'scripts/bench/', 'test/faults/',
    ],
  },
  {
    // Starts the programs some hundred times, each for half a second of a processor. test/readme/session.test.ts runs `npm start` always.
    tests: ['test/process/', ...['addresses', 'db', 'keys', 'seed', 'tenants'].map((name) => `test/cli/${name}.test.ts`)],
    covers: [
      'src/process/', 'src/main.ts', 'src/gatehouse.ts', 'src/boot/', 'src/settings/', 'src/platform/', 'src/http/server/',
      'src/features/signing-keys/', 'src/features/tenants/', 'src/features/system/', 'src/cli/', 'scripts/', 'test/process/', 'test/cli/',
    ],
  },
  {
    // Runs nodes beside a Redis server, which dies.
    tests: ['test/platform/cache/redis-nodes.test.ts', 'test/platform/cache/redis.store.test.ts'],
    covers: [
      'src/platform/', 'src/features/grants/', 'src/features/sessions/', 'src/settings/', 'src/boot/', 'src/gatehouse.ts',
      'test/platform/cache/',
    ],
  },
  {
    // Kills moves of tenants.
    tests: ['test/features/tenants/moves/move.test.ts'],
    covers: ['src/features/tenants/', 'src/platform/database/', 'src/platform/changes/', 'test/features/tenants/'],
  },
  {
    // Starts a Gatehouse for nearly each of its tests, and kills a process that hears events.
    tests: ['test/features/events/'],
    covers: [
      'src/boot/', 'src/gatehouse.ts', 'src/features/events/', 'src/features/audit/', 'src/platform/changes/', 'src/platform/database/',
      'test/features/events/',
    ],
  },
  {
    // Starts a Gatehouse for each state of the keys.
    tests: ['test/features/signing-keys/key-rotation.test.ts'],
    covers: [
      'src/boot/', 'src/gatehouse.ts', 'src/features/sessions/', 'src/features/signing-keys/', 'src/platform/sealed.ts', 'src/tokens/',
      'src/verifier/', 'test/features/signing-keys/',
    ],
  },
  {
    // Starts a Gatehouse for each state of the superadmin.
    tests: ['test/features/users/superadmin/superadmin-set-up.test.ts'],
    covers: [
      'src/boot/', 'src/gatehouse.ts', 'src/features/accounts/', 'src/features/links/', 'src/features/users/', 'src/platform/mail/',
      'src/settings/', 'test/features/users/',
    ],
  },
  {
    // Compares who can with brute force, and counts what a slow hash holds up.
    tests: [
      'test/features/decisions/who-can.property.test.ts', 'test/platform/passwords/password-lag.test.ts',
      'test/platform/passwords/password.pool.test.ts',
    ],
    covers: [
      'src/engine/', 'src/features/decisions/', 'src/features/grants/', 'src/features/groups/', 'src/features/memberships/',
      'src/features/policies/', 'src/features/roles/', 'src/platform/database/', 'src/platform/passwords/', 'test/features/decisions/',
      'test/platform/passwords/',
    ],
  },
  {
    // Logs in through identity providers, real and forging ones, and tries to take over accounts and to reach private addresses.
    tests: [
      'test/features/domains/', 'test/features/identities/', 'test/features/scim/', 'test/features/sso/', 'test/peers/',
      'test/platform/outbound/', 'test/alone/many-providers.test.ts', 'test/examples/spa.test.ts',
    ],
    covers: [
      ...['clients', 'domains', 'grants', 'identities', 'preview', 'roles', 'scim', 'sessions', 'sso', 'users'].map(
        (feature) => `src/features/${feature}/`,
      ),
      'src/engine/grants/', 'src/gate/', 'src/http/route/', 'src/http/response/', 'src/platform/outbound/', 'src/platform/sealed.ts',
      'src/tokens/', 'src/gatehouse.ts', 'test/features/domains/', 'test/features/identities/', 'test/features/scim/',
      'test/features/sso/', 'test/peers/', 'test/platform/outbound/',
    ],
  },
  {
    // Shows that the random requests find faults that are put into the gate.
    tests: ['test/fuzz/mutants.test.ts'],
    covers: ['src/gate/', 'src/http/', 'src/engine/', 'test/fuzz/'],
  },
  {
    // Waits for runs of tests that hang.
    tests: ['test/scripts/hanging.test.ts'],
    covers: ['scripts/test.ts', 'scripts/test-run/', 'test/scripts/', 'jest.config.js', 'jest.runner.mjs'],
  },
];

/** The files of a run that nothing has changed for; undefined changes are unknown ones, and leave out none. */
export function unchangedTests(files: readonly string[], changed: readonly string[] | undefined): string[] {
  if (changed === undefined) return [];
  const isIn = (place: string) => (path: string): boolean => path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`);
  if (affectsAll.some((place) => changed.some(isIn(place)))) return [];
  const still = afterChanges.filter(({ covers }) => !covers.some((place) => changed.some(isIn(place))));
  return files.filter((file) => still.some(({ tests }) => tests.some((place) => isIn(place)(file))));
}

/**
 * The paths that differ from the main branch: in commits since the merge base, in the work tree, and new files. In a clone
 * this is the branch of its origin, so a fresh clone differs in nothing. Where there is no origin and the main branch itself is
 * checked out, its last commit counts as well.
 *
 * Answers undefined where that cannot be told, as in a folder that is no clone.
 */
export function changedFiles(project: string): string[] | undefined {
  const git = (...args: readonly string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd: project, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const main = ['origin/main', 'main'].find((branch) => git('rev-parse', '--verify', '--quiet', branch) !== undefined);
  const [head, base] = [git('rev-parse', 'HEAD'), main === undefined ? undefined : git('merge-base', 'HEAD', main)];
  if (head === undefined || base === undefined) return undefined;
  const since = head === base && main === 'main' ? git('rev-parse', '--verify', '--quiet', 'HEAD^') : base;
  const differing = since === undefined ? undefined : git('diff', '--name-only', '--no-renames', since);
  const added = git('ls-files', '--others', '--exclude-standard');
  if (differing === undefined || added === undefined) return undefined;
  return [...differing.split('\n'), ...added.split('\n')].filter((path) => path !== '');
}
