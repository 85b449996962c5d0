import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { project } from '../../../scripts/test-run/project.ts';

const config = resolve(project, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(
  import.meta.url,
)(config) as { forbidden: readonly { readonly name: string }[] }; // the form of the tool's configuration

/** One import that each rule forbids: the file, and what it imports. */
const planted: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'no-circular': ['src/http/one.ts', './two.ts'],
  'engine-is-pure': ['src/engine/reader.ts', 'node:fs'],
  'http-knows-engine-alone': ['src/http/route.ts', '../tokens/token.ts'],
  'platform-knows-no-feature': ['src/platform/mail.ts', '../features/users/user.model.ts'],
  'platform-and-engine-outside-express': ['src/platform/answer.ts', 'express'],
  'feature-by-its-doors': ['src/features/groups/group.service.ts', '../users/user.service.ts'],
  'order-of-clients-accounts-from-code-events-sso-scim': ['src/features/clients/reader.ts', '../accounts/account.store.ts'],
  'order-of-sessions-domains': ['src/features/sessions/reader.ts', '../clients/client.store.ts'],
  'order-of-identities': ['src/features/identities/reader.ts', '../clients/client.store.ts'],
  'order-of-decisions-groups-memberships-tenants': ['src/features/groups/reader.ts', '../tenants/tenant.store.ts'],
  'order-of-users': ['src/features/users/reader.ts', '../groups/group.store.ts'],
  'order-of-roles-preview': ['src/features/roles/reader.ts', '../users/user.store.ts'],
  'order-of-grants-links-audit-branding': ['src/features/grants/reader.ts', '../roles/role.store.ts'],
  'order-of-policies': ['src/features/policies/reader.ts', '../grants/grants.types.ts'],
  'order-of-signing-keys-system': ['src/features/system/reader.ts', '../policies/policies.types.ts'],
  'feature-has-a-place': ['src/features/guesses/guess.ts', 'node:fs'],
  'features-below-root': ['src/features/groups/group.routes.ts', '../../main.ts'],
  'gate-knows-no-feature': ['src/gate/gate.ts', '../features/users/user.model.ts'],
  'host-stands-on-http': ['src/host/guard.ts', '../platform/cache.ts'],
  'tokens-are-pure': ['src/tokens/signer.ts', '../platform/cache.ts'],
  'settings-know-no-feature': ['src/settings/settings.ts', '../features/users/user.model.ts'],
  'commands-are-the-top': ['src/process/start.ts', '../cli/start.ts'],
  'errors-are-ground': ['src/errors/errors.ts', '../engine/decide.ts'],
  'modules-are-for-the-root': ['src/boot/boot.ts', '../features/users/users.module.ts'],
  'database-in-stores': ['src/features/users/user.reader.ts', 'mongoose'],
  'source-without-scripts': ['src/boot/start.ts', '../../scripts/start.ts'],
  'verifier-knows-tokens-alone': ['src/verifier/verifier.ts', '../features/users/user.model.ts'],
  'verifier-without-database': ['src/verifier/keys.ts', 'mongoose'],
  'examples-are-customers': ['examples/app.ts', '../src/main.ts'],
  'no-undeclared-packages': ['src/boot/report.ts', 'typescript'],
};
/** The rules without a planted type import: packages of types are gone when the code runs, and a circle of types has its own files. */
const notByType = ['no-circular', 'no-undeclared-packages'];
/** The first of two files that import nothing but a type of each other. */
const typeCircle = {
  path: 'src/http/first.types.ts',
  text: 'import type { Second } from \'./second.types.ts\';\nexport type First = Second | null;',
};
/** Files that are imported; one of each circle imports back. */
const targets = {
  [typeCircle.path]: typeCircle.text,
  'src/http/second.types.ts': 'import type { First } from \'./first.types.ts\';\nexport interface Second { readonly first: First }',
  'src/http/two.ts': 'export { value as one } from \'./one.ts\';\nexport const value = 1;',
  'src/tokens/token.ts': '', 'src/features/users/user.model.ts': '', 'src/features/users/user.service.ts': '',
  'src/features/users/users.module.ts': '', 'src/features/users/user.store.ts': '', 'src/features/accounts/account.store.ts': '',
  'src/features/clients/client.store.ts': '', 'src/features/tenants/tenant.store.ts': '', 'src/features/groups/group.store.ts': '',
  'src/features/roles/role.store.ts': '', 'src/features/grants/grants.types.ts': '', 'src/features/policies/policies.types.ts': '',
  'src/main.ts': '', 'src/platform/cache.ts': '', 'src/engine/decide.ts': '', 'scripts/start.ts': '',
  'src/cli/start.ts': '',
};

describe('the lint of imports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-imports-'));
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  it('has a planted violation of each rule, also as a type import, and finds each', () => {
    expect(Object.keys(planted).sort()).toEqual(forbidden.map(({ name }) => name).sort());
    for (const [path, text] of Object.entries(targets)) write(path, text === '' ? 'export const value = 1;' : text);
    const asType = (path: string) => path.replace(/\.ts$/, '-by-type.ts');
    for (const [path, imported] of Object.values(planted)) {
      const names = imported.startsWith('.') ? '{ value }' : '* as value';
      write(path, `import ${names} from '${imported}';\nexport { value };`);
      write(asType(path), `import type ${names} from '${imported}';\nexport type Value = typeof value;`);
    }
    write('tsconfig.json', JSON.stringify({ compilerOptions: { allowImportingTsExtensions: true, noEmit: true, module: 'nodenext' } }));
    write('package.json', JSON.stringify(
      { type: 'module', dependencies: { express: '*', mongoose: '*' }, devDependencies: { typescript: '*' } },
    ));
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    const depcruise = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = ['--config', config, '--output-type', 'json', 'src', 'scripts', 'examples'];
    const { stdout } = spawnSync(process.execPath, [depcruise, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
    const {
      summary,
    } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } }; // the tool's documented report
    const found = new Set(summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`));
    const expected = [...Object.entries(planted).flatMap(([rule, [file]]) => [
      `${rule}: ${file}`, ...(notByType.includes(rule) ? [] : [`${rule}: ${asType(file)}`]),
    ]), `no-circular: ${typeCircle.path}`];
    expect(expected.filter((violation) => !found.has(violation))).toEqual([]);
  }, 60_000);
});
