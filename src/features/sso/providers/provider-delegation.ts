import type { Caller } from '../../../engine/caller.ts';
import type { Grant } from '../../../engine/grants/grant.ts';
import { grantsUnlockedBy } from '../../../engine/grants/may-delegate.ts';
import { AppError } from '../../../errors/errors.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { Delegation, GrantResolver } from '../../grants/grants.types.ts';
import type { AttributeMapping } from '../../identities/identity.types.ts';
import type { IdentityProvider } from '../provider.types.ts';
import type { ProviderPorts } from './provider-ports.types.ts';

/** The part of a provider that decides what its users are given. */
type Giving = Pick<IdentityProvider, 'attributeMapping' | 'roleMapping' | 'provisioning' | 'domains'>;

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
  const grantsOf = async ({ session, actor: { tenantId } }: ChangeTransaction, provider: Giving | null) => {
    if (!provider) return { granted: [] };
    const granted = await resolveAssigned(tenantId, { roles: rolesOf(provider) }, session);
    return { granted: withUnlocked(granted, provider.attributeMapping) };
  };

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

/** Adds the grants that conditions hold back on attributes which the mapping sets: its provider decides whether they hold. */
function withUnlocked(granted: readonly Grant[], attributeMapping: AttributeMapping): readonly Grant[] {
  const isSet = (attribute: string) => Object.keys(attributeMapping).some((target) => target.split('.')[0] === attribute);
  return ['department', 'attributes'].filter(isSet).reduce(
    (all, attribute) => [...all, ...grantsUnlockedBy(all, `subject.${attribute}`)], granted,
  );
}

/** The roleIds that a provider gives. */
function rolesOf({ roleMapping, provisioning: { defaultRole } }: Giving): string[] {
  return [...new Set([...roleMapping.map(({ role }) => role), ...(defaultRole === undefined ? [] : [defaultRole])])];
}
