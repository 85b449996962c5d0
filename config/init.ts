import type { ChangeTransaction } from '../src/platform/changes/change.service.ts';
import type { SeededRole, SeedRole } from '../src/features/roles/role.types.ts';
import type { SuperadminCredentials, SuperadminService, SuperadminState } from '../src/features/users/superadmin/superadmin.service.ts';

export interface InitSteps {
  readonly ensureTenant: (tx: ChangeTransaction) => Promise<boolean>;
  readonly ensureSigningKey: (tx: ChangeTransaction) => Promise<boolean>;
  readonly seedRole: SeedRole;
  readonly ensureSuperadmin: SuperadminService['ensure'];
}

/** The changes that init made, or would make in a dry run. */
export interface InitReport {
  /** Built-in roles created. */
  readonly rolesCreated: number;
  /** Registered URLs whose right the superadmin gained or lost. */
  readonly rights: number;
  /** Existing built-in roles that were updated to their declaration. */
  readonly rolesChanged: number;
  /** Whether anything was written. */
  readonly changed: boolean;
  readonly superadmin: SuperadminState;
}

/**
 * Prepares the database at every boot, before listening, in one transaction: after a crash all steps are done or none.
 *
 * 1. The default tenant exists, and a key that signs access tokens.
 * 2. The superadmin role has every registered simple, auth and config URL.
 * 3. The other built-in roles exist, and each right that config/roles.ts declares was given to them once.
 * 4. A superadmin user exists.
 */
export async function init(
  tx: ChangeTransaction, roles: readonly SeededRole[], credentials: SuperadminCredentials | null, steps: InitSteps,
): Promise<InitReport> {
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
    changed: tenantCreated || keyCreated || rolesCreated + rolesChanged > 0 || superadmin.created
      || superadmin.state === 'set-from-settings',
    superadmin: superadmin.state,
  };
}
