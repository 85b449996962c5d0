import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Delegation, GrantResolver } from '../grants/grants.types.ts';
import type { EmailAddressStore } from '../users/email/email-address.store.ts';
import type { LinkedUserStore } from '../users/provided/linked-users.store.ts';
import type { User } from '../users/user.model.ts';
import type { UserStore } from '../users/user.store.ts';
import { effectiveMapping, subjectIn } from './attribute-mapping.ts';
import type { PersonReading } from './identity.types.ts';
import { createHoldsNothingBeyond } from './provided/holds-nothing-beyond.ts';
import { createIdentityRoutes } from './identity.routes.ts';
import { createIdentityService } from './identity.service.ts';
import type { IdentityDeps } from './identity.service.ts';
import type { IdentityStore } from './identity.store.ts';
import { createLinking } from './linking.ts';
import type { LinkingDeps } from './linking.ts';
import type { DefaultRoleOf } from './provided/provided-roles.ts';
import type { ProviderMappings } from './provided/provider-mappings.types.ts';
import { createProvisioning } from './provisioning.ts';
import type { ProvisioningDeps } from './provisioning.ts';

export interface IdentitiesModuleDeps extends
  Pick<Platform, 'changes' | 'clock' | 'lockDocument'>, Pick<GrantResolver, 'resolveGrants' | 'resolveAssigned'>,
  Pick<ProvisioningDeps, 'defaultRoles'>, Pick<LinkingDeps, 'verifiedDomainsOf'> {
  readonly stores: {
    readonly identities: IdentityStore;
    readonly providerMappings: ProviderMappings;
    readonly users: UserStore;
    readonly linkedUsers: LinkedUserStore;
    readonly emailAddresses: EmailAddressStore;
    readonly sessions: { readonly endAllOpenedBy: IdentityDeps['endSessionsOf'] };
    readonly defaultRoleOf: DefaultRoleOf;
  };
  readonly users: {
    readonly users: { readonly requireMayActOn: IdentityDeps['requireMayActOn'] };
    readonly displace: LinkingDeps['displace'];
    readonly auditView: (user: User) => Record<string, unknown>;
  };
  readonly delegation: Delegation;
  readonly registry: () => UrlRegistry;
  readonly baseRole: string;
  /** roleIds of the roles that every tenant has. */
  readonly ladder: { readonly admin: string; readonly superadmin: string };
}

/** Creates the module of identities: which person of an identity provider is which user, and which roles that gives. */
export function createIdentitiesModule(deps: IdentitiesModuleDeps) {
  const { stores, users: { users, displace, auditView }, changes, clock, ladder, lockDocument } = deps;
  const { identities, providerMappings: providers, linkedUsers, emailAddresses, defaultRoleOf } = stores;
  const service = createIdentityService({
    identities, users: stores.users, linkedUsers, providers, changes, requireMayActOn: users.requireMayActOn,
    endSessionsOf: stores.sessions.endAllOpenedBy,
  });
  const provisioning = createProvisioning({
    identities, users: stores.users, linkedUsers, holderOf: emailAddresses.holderOf, defaultRoles: deps.defaultRoles, defaultRoleOf,
    auditView, clock,
  });
  const becoming = createLinking({
    identities, users: stores.users, changes, provisioning, findByEmail: emailAddresses.findUser, displace, defaultRoleOf, lockDocument,
    clock, verifiedDomainsOf: deps.verifiedDomainsOf,
    holdsNothingBeyond: createHoldsNothingBeyond({ ...deps, adminTypes: [ladder.admin, ladder.superadmin] }),
  });
  return {
    name: 'identities',
    about: { title: 'Identities', description: 'Which persons of identity providers are linked to which users.' },
    routes: createIdentityRoutes(service),
    forgetUser: (tx: ChangeTransaction, { _id }: { readonly _id: string }) => identities.removeAllOf(tx, _id),
    becoming,
    /** How the claims of a person are read: with the defaults of the protocol. */
    reading: { mappingOf: effectiveMapping, subjectIn } satisfies PersonReading,
    forgetProvider: service.forgetProvider,
  } satisfies Module & Record<string, unknown>;
}
