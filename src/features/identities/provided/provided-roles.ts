import type { GivingProvided } from '../../../engine/grants/collect-grants.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import type { ReadProvided } from '../../grants/grants.types.ts';
import type { IdentityStore } from '../identity.store.ts';
import type { ProviderMapping, ProviderMappings } from './provider-mappings.types.ts';
import { createMapRoles } from '../role-mapping.ts';
import type { Asserted } from '../role-mapping.ts';

/** The roleId of the role that a tenant gives to a user whom nothing else gives a role; undefined if there is no such tenant. */
export type DefaultRoleOf = (tenantId: string, session?: ClientSession) => Promise<string | undefined>;

/** The roles that a provider gives to a person. Without a group: the role for those for whom nothing matches. */
export type Provide = (asserted: Asserted, usualRole: string | undefined) => GivingProvided[];

/** Creates the function that says what a provider gives. It does not look at the state of the provider. */
export function createProvide({ _id: providerId, roleMapping, provisioning: { defaultRole, unmatched } }: ProviderMapping): Provide {
  const mapRoles = createMapRoles(roleMapping);
  return (asserted, usualRole) => {
    const mapped = mapRoles(asserted);
    if (mapped.length > 0) return mapped.map(({ roleId, group }) => ({ providerId, group, roleId }));
    const roleId = unmatched === 'refuse' ? undefined : defaultRole ?? usualRole;
    return roleId === undefined ? [] : [{ providerId, roleId }];
  };
}

export interface ProvidedRolesDeps {
  readonly identities: Pick<IdentityStore, 'readAsserted'>;
  readonly providers: Pick<ProviderMappings, 'readActive'>;
  readonly defaultRoleOf: DefaultRoleOf;
}

/**
 * Creates the queries about the roles that providers give. A provider that is not active gives nothing, and neither does an identity that
 * the provider has switched off.
 */
export function createProvidedRoles({ identities, providers, defaultRoleOf }: ProvidedRolesDeps) {
  const readProvided: ReadProvided = async (tenantId, userIds, session) => {
    const found = (await identities.readAsserted(tenantId, userIds, session)).filter(({ disabledHere }) => disabledHere !== true);
    if (found.length === 0) return new Map();
    const active = await providers.readActive(tenantId, [...new Set(found.map(({ providerId }) => providerId))], session);
    const usual = active.some(givesUsualRole) ? await defaultRoleOf(tenantId, session) : undefined;
    const provideOf = new Map(active.map((provider) => [provider._id, createProvide(provider)]));
    const all = new Map<string, GivingProvided[]>();
    for (const { userId, providerId, ...asserted } of found) {
      const given = provideOf.get(providerId)?.(asserted, usual) ?? [];
      if (given.length > 0) all.set(userId, [...all.get(userId) ?? [], ...given]);
    }
    return new Map([...all].map(([userId, given]) => [userId, eachOnce(given)]));
  };

  return {
    readProvided,
    /** Whether an active provider may give one of these roles. */
    async areProvided(tenantId: string, roleIds: readonly string[], session: ClientSession): Promise<boolean> {
      const active = await providers.readActive(tenantId, null, session);
      const names = new Set(active.flatMap(({ roleMapping, provisioning: { defaultRole } }) => [
        ...roleMapping.map(({ role }) => role), ...(defaultRole === undefined ? [] : [defaultRole]),
      ]));
      if (roleIds.some((roleId) => names.has(roleId))) return true;
      const usual = active.some(givesUsualRole) ? await defaultRoleOf(tenantId, session) : undefined;
      return usual !== undefined && roleIds.includes(usual);
    },
  };
}

function givesUsualRole({ provisioning: { defaultRole, unmatched } }: ProviderMapping): boolean {
  return defaultRole === undefined && unmatched !== 'refuse';
}

/** Each role of each provider once, in one order for all users: equal roles are then equal texts. */
function eachOnce(given: readonly GivingProvided[]): GivingProvided[] {
  const sorted = [...given].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return sorted.filter(({ providerId, roleId }, index) => {
    const before = sorted[index - 1];
    return before?.providerId !== providerId || before.roleId !== roleId;
  });
}

function keyOf({ providerId, roleId, group = '' }: GivingProvided): string {
  return JSON.stringify([providerId, roleId, group]);
}
