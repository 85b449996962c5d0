import type { Caller } from '../../../engine/caller.ts';
import { AppError } from '../../../errors/errors.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { Delegation, GrantResolver } from '../../grants/grants.types.ts';
import type { IdentityProvider } from '../provider.types.ts';
import type { ProviderPorts } from './provider-ports.types.ts';

/** The part of a provider that decides what its users are given. */
type Giving = Pick<IdentityProvider, 'roleMapping' | 'provisioning' | 'domains'>;

/** The rules of who may change a provider: it gives no more than the person who set it up holds. */
export interface ProviderDelegation {
  /** Throws `target-outranks-caller` if a linked user holds a grant that the caller does not hold: who controls a provider is its users. */
  requireMayActOnAll(tx: ChangeTransaction, caller: Caller, providerId: string): Promise<void>;
  /** Throws `grants-exceed-own` unless the caller could give everything that the mapping gives, before and after the change. */
  requireMayGive(tx: ChangeTransaction, caller: Caller, before: Giving | null, after: Giving | null): Promise<void>;
  /**
   * Locks the roles that a mapping names, and checks its new domains.
   *
   * Throws `role-not-found`, `superadmin-not-inherited`, `domain-not-verified`.
   */
  requireNamed(tx: ChangeTransaction, before: Giving | null, after: Giving): Promise<void>;
}

export interface ProviderDelegationDeps extends Pick<ProviderPorts, 'identities' | 'isVerifiedDomain'> {
  readonly delegation: Pick<Delegation, 'requireMayActOn' | 'requireMayChange'>;
  readonly resolveAssigned: GrantResolver['resolveAssigned'];
  /** Locks the roles, so that a delete at the same moment conflicts. Throws `role-not-found`, `superadmin-not-inherited`. */
  readonly lockRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<void>;
}

/** Creates the rules of delegation for identity providers. */
export function createProviderDelegation(
  { identities, isVerifiedDomain, delegation, resolveAssigned, lockRoles }: ProviderDelegationDeps,
): ProviderDelegation {
  const grantsOf = async ({ session, actor: { tenantId } }: ChangeTransaction, provider: Giving | null) => (
    { granted: provider ? await resolveAssigned(tenantId, { roles: rolesOf(provider) }, session) : [] });

  return {
    async requireMayActOnAll(tx, caller, providerId) {
      if (caller.grants.isSuperadmin) return;
      for await (const users of identities.linkedUsers(tx, providerId)) await delegation.requireMayActOn(caller, users, tx.session);
    },
    requireMayGive: async (tx, caller, before, after) => (
      delegation.requireMayChange(caller, await grantsOf(tx, before), await grantsOf(tx, after), tx.session)),
    async requireNamed(tx, before, after) {
      await lockRoles(tx, rolesOf(after));
      const errors = [];
      for (const [index, domain] of after.domains.entries()) {
        const isNew = before?.domains.includes(domain) !== true;
        if (isNew && !await isVerifiedDomain(tx, domain)) errors.push({ field: `body.domains[${index}]`, message: 'is not verified' });
      }
      if (errors.length > 0) throw new AppError('domain-not-verified', { errors });
    },
  };
}

/** The roleIds that a provider gives. */
function rolesOf({ roleMapping, provisioning: { defaultRole } }: Giving): string[] {
  return [...new Set([...roleMapping.map(({ role }) => role), ...(defaultRole === undefined ? [] : [defaultRole])])];
}
