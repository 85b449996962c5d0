import type { ChangeTransaction } from '../src/platform/changes/change.service.ts';
import type { SeededRole, SeedRole } from '../src/features/roles/role.types.ts';
import type { SuperadminCredentials, SuperadminService, SuperadminState } from '../src/features/users/superadmin/superadmin.service.ts';

export interface InitSteps {
  readonly ensureTenant: (tx: ChangeTransaction) => Promise<boolean>;
  readonly ensureSigningKey: (tx: ChangeTransaction) => Promise<boolean>;
  readonly seedRole: SeedRole;
  readonly ensureSuperadmin: SuperadminService['ensure'];
}

/** What init did, or in a dry run would do. */
export interface InitReport {
  /** Built-in roles created. */
  readonly rolesCreated: number;
  /** Registered URLs that the superadmin newly holds or holds no longer. */
  readonly rights: number;
  /** Built-in roles that existed and were brought up to their declaration. */
  readonly rolesChanged: number;
  /** Whether anything was written at all. */
  readonly changed: boolean;
  readonly superadmin: SuperadminState;
}

/**
 * What every boot makes sure of, before listening, in one transaction: a crash leaves all of it or none.
 *
 * 1. The default tenant exists, and a key that signs access tokens.
 * 2. The superadmin role holds every registered simple, auth and config URL.
 * 3. The other built-in roles exist, and were once given what config/roles.ts declares.
 * 4. A superadmin user exists.
 */
export async function init(tx: ChangeTransaction, roles: readonly SeededRole[], credentials: SuperadminCredentials | null, steps: InitSteps): Promise<InitReport> {
  const tenantCreated = await steps.ensureTenant(tx);
  const keyCreated = await steps.ensureSigningKey(tx);
  const seeded = [];
  for (const role of roles) seeded.push({ type: role.type, ...(await steps.seedRole(tx, role)) });
  const superadmin = await steps.ensureSuperadmin(tx, credentials);

  const rolesCreated = seeded.filter((role) => role.created).length;
  const rolesChanged = seeded.filter((role) => !role.created && role.changed).length;
  return {
    rolesCreated,
    rights: seeded.find((role) => role.type === 'superadmin')?.rights ?? 0,
    rolesChanged,
    changed: tenantCreated || keyCreated || rolesCreated + rolesChanged > 0 || superadmin.created || superadmin.state === 'set-from-settings',
    superadmin: superadmin.state,
  };
}
