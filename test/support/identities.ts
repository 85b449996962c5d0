import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { closeLater } from '../../scripts/test-run/closing.ts';
import { createModels, createStores } from '../../src/boot/stores.ts';
import { createAuditModule } from '../../src/features/audit/audit.module.ts';
import { createGrantsModule } from '../../src/features/grants/grants.module.ts';
import { createIdentitiesModule } from '../../src/features/identities/identities.module.ts';
import type { AssertedPerson, Became, BecomingProvider } from '../../src/features/identities/identity.types.ts';
import { createLinksModule } from '../../src/features/links/links.module.ts';
import { createKnownPermissions } from '../../src/features/policies/declared-permissions.ts';
import { isSuperadmin, isTenantAdmin } from '../../src/features/roles/role.ladder.ts';
import { adminType, guestType, superadminType, userType } from '../../src/features/roles/role.types.ts';
import { createRoleRules } from '../../src/features/roles/roles.module.ts';
import type { IdentityProvider } from '../../src/features/sso/provider.types.ts';
import { createUsersModule } from '../../src/features/users/users.module.ts';
import { listUrls } from '../../src/engine/urls/registered-url.ts';
import { createUrlRegistry } from '../../src/engine/urls/url-registry.ts';
import { configUrls } from '../../config/configUrls.ts';
import { registeredUrls } from '../../config/registeredUrls.ts';
import { systemActor } from '../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../src/platform/changes/change.service.ts';
import { createDatabase } from '../../src/platform/database/database.ts';
import { defaultTenantId } from '../../src/platform/database/tenancy/tenant-scope.ts';
import { createTenantLocations } from '../../src/platform/database/tenancy/tenant-locations.ts';
import { createPlatform } from '../../src/platform/platform.ts';
import type { TestGatehouse } from './gatehouse/start-gatehouse.ts';
import { createTestPool } from './test-pool.ts';
import { testSettings } from './test-settings.ts';

/** The parts of a person that a test names. */
export type TestPerson = Partial<Omit<AssertedPerson, 'claims'>> & { readonly claims?: AssertedPerson['claims'] };

export interface IdentitiesOptions {
  /** The domains that every tenant has proved. */
  readonly verifiedDomains?: readonly string[];
}

/**
 * The identities of a test Gatehouse, as a second node on its database: persons become users without a login in a browser.
 *
 * Nodes learn of its changes by the feed, as of those of any other node.
 */
export function startIdentities({ connection }: Pick<TestGatehouse, 'connection'>, { verifiedDomains = [] }: IdentitiesOptions = {}) {
  const [clock, logger, settings] = [Date.now, pino({ level: 'silent' }), testSettings()];
  const tenantLocations = createTenantLocations();
  const database = createDatabase(connection, '', tenantLocations);
  const models = createModels(database);
  const stores = createStores(models, { clock, tenantLocations });
  const { ensureLocated } = stores.tenants;
  const urls = createUrlRegistry(listUrls([registeredUrls, { config: configUrls }]), () => ['GET', 'POST', 'PUT', 'DELETE']);
  const registry = () => urls;
  const audit = createAuditModule({ stores, auditDays: 1, clock, logger, ensureLocated });
  const platform = createPlatform({
    database, stores, tenantLocations, settings, logger, clock, ...stores.ports, writeAudit: audit.writeChanges,
    passwordPool: createTestPool(settings.pepper),
  });
  closeLater(async () => {
    await platform.close();
    await audit.close();
  });
  const ladder = { guest: guestType, user: userType, admin: adminType, superadmin: superadminType };
  const grants = createGrantsModule({ ...platform, stores, registry, baseRole: guestType, isSuperadmin, isTenantAdmin });
  const rules = createRoleRules({
    store: stores.roles, locks: stores.roleLocks, registry, permissions: createKnownPermissions([]), attributes: [], logger,
    nameOfTenant: stores.tenants.nameOf,
  });
  const users = createUsersModule({
    ...platform, ...rules, ...createLinksModule({ stores }), ...grants, stores, ladder,
    endSessions: stores.sessions.endAllOf, hasMemberships: stores.memberships.hasAny, readTenant: stores.tenants.read,
    tenantIds: stores.tenants.ids, returnUrls: { require: () => Promise.resolve() } as never, // no mail of these tests leads anywhere
    async forgetUser(tx, { _id }) {
      await stores.sessions.endAllOf(tx, _id);
      await stores.identities.removeAllOf(tx, _id);
    },
  });
  const identities = createIdentitiesModule({
    ...platform, ...rules, ...grants, stores, users, ladder, registry, verifiedDomainsOf: () => Promise.resolve(verifiedDomains),
  });
  const { becoming } = identities;
  const { changes } = platform;
  const inTenant = <T>(tenantId: string, work: (tx: ChangeTransaction) => Promise<T>): Promise<T> => (
    changes.transact(systemActor(tenantId), work));

  const personOf = ({ subject = `subject-${randomBytes(6).toString('hex')}`, ...person }: TestPerson): AssertedPerson => (
    { realm: 'realm', claims: {}, hasMoreGroups: false, ...person, subject });

  return {
    models, stores, grants, platform, identities, becoming, registry, personOf, inTenant,

    /** Stores a provider, by default an active one that makes users of all persons with a proven address. */
    async newProvider(content: Partial<IdentityProvider> = {}): Promise<IdentityProvider> {
      const { tenantId = defaultTenantId } = content;
      const provider: IdentityProvider = {
        _id: `${tenantId}.${randomBytes(12).toString('hex')}`, tenantId, providerName: 'Example', nameKey: randomBytes(6).toString('hex'),
        protocol: 'OIDC',
        configuration: { issuer: 'https://idp.example', clientId: 'gatehouse', clientAuthentication: 'basic' }, sealed: {},
        attributeMapping: {}, roleMapping: [], provisioning: { create: true }, domains: [], status: 'active', revision: 1, version: 1,
        createdAt: new Date(), ...content,
      };
      await inTenant(tenantId, (tx) => stores.identityProviders.create(tx, provider));
      return provider;
    },

    /** Changes a provider, as its URLs do, and answers it as it is then. */
    editProvider: (provider: IdentityProvider, set: Partial<IdentityProvider>): Promise<IdentityProvider> => (
      inTenant(provider.tenantId, async (tx) => {
        const edited = { ...provider, ...set };
        await stores.identityProviders.write(tx, edited);
        tx.record({ action: 'provider.update', target: { kind: 'provider', id: provider._id }, raisesPolicy: true });
        return edited;
      })),

    become: (provider: BecomingProvider, person: TestPerson): Promise<Became> => (
      inTenant(provider.tenantId, (tx) => becoming.become(tx, provider, personOf(person)))),
    link: (provider: BecomingProvider, person: TestPerson, userId: string) => (
      inTenant(provider.tenantId, (tx) => becoming.link(tx, provider, personOf(person), userId))),
    wouldBecome: (provider: BecomingProvider, person: TestPerson) => (
      becoming.wouldBecome(systemActor(provider.tenantId), provider, personOf(person))),
  };
}

export type TestIdentities = ReturnType<typeof startIdentities>;
