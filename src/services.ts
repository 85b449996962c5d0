import type { Connection } from 'mongoose';
import { compileGrants } from './access/grants.ts';
import type { UrlRegistry } from './access/url-registry.ts';
import { createAuditService } from './audit/audit.service.ts';
import { createRefusalLog } from './audit/refusal-log.ts';
import { createChangeService } from './changes/change.service.ts';
import { raiseGuard } from './changes/version.model.ts';
import { createKeyedDigest } from './keyed-digest.ts';
import { createRateLimits } from './limits/rate-limit.service.ts';
import { createPasswordService } from './passwords/password.service.ts';
import { createClaimRole } from './roles/role.assignments.ts';
import { guestType, superadminType } from './roles/role.ladder.ts';
import { createRoleRights } from './roles/role.rights.ts';
import { createRoleSeed } from './roles/role.seed.ts';
import { createRoleService } from './roles/role.service.ts';
import { createDeviceCookies } from './sessions/device-cookie.ts';
import { createLogIn } from './sessions/login.service.ts';
import { createRightSetService } from './sessions/right-set.service.ts';
import { createSessionService } from './sessions/session.service.ts';
import type { Settings } from './settings.ts';
import { createSigningKeyService } from './signing-keys/signing-key.service.ts';
import type { Stores } from './stores.ts';
import { createTenantService } from './tenants/tenant.service.ts';
import { createAccessTokens } from './tokens/access-token.ts';
import { createSetUpTokens } from './tokens/set-up-tokens.ts';
import { createSuperadminService } from './users/superadmin.service.ts';
import { emailKeyOf } from './users/user.model.ts';
import { createUserService } from './users/user.service.ts';

export interface ServiceDeps {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly settings: Settings;
  readonly registry: () => UrlRegistry;
  readonly clock: () => number;
  readonly onError: (error: unknown) => void;
}

/** Wires the features to each other: the one place where a feature is handed the functions of another. */
export function createServices({ connection, stores, settings, registry, clock, onError }: ServiceDeps) {
  const { auditDays, sessionHours, accessTokenSeconds, publicUrl, keyEncryptionKey } = settings;
  const tenants = createTenantService(stores.tenants);
  const audit = createAuditService({ model: stores.auditRecords, auditDays, clock });
  const refusals = createRefusalLog({ model: stores.auditRecords, auditDays, clock, onError });
  const changes = createChangeService({ connection, outbox: stores.outbox, clock, raisePolicyVersion: tenants.raisePolicyVersion, writeAudit: audit.writeChanges });
  const passwords = createPasswordService({ cost: settings.passwordCost, pepper: settings.pepper });
  const limits = createRateLimits({ model: stores.rateLimits, digest: createKeyedDigest(keyEncryptionKey, 'rate limits') });
  const signingKeys = createSigningKeyService({ model: stores.signingKeys, encryptionKey: keyEncryptionKey, clock });
  const accessTokens = createAccessTokens({ keys: signingKeys, issuer: publicUrl, audience: 'gatehouse', lifetimeSeconds: accessTokenSeconds, clock });

  const rightsOfRoles = createRoleRights(stores.roles);
  const superadmin = createSuperadminService({
    model: stores.users, changes, clock, passwords, superadminRole: superadminType, tokens: createSetUpTokens(stores.tokens),
    raiseGuard: (name, session) => raiseGuard(stores.versions, name, session),
  });
  const rightSets = createRightSetService({ model: stores.rightSets, registry, rightsOfRoles });
  const sessions = createSessionService({
    model: stores.sessions, changes, clock, sessionHours,
    readTenant: tenants.read,
    readUser: (tenantId, userId) => stores.users.findOne({ tenantId, _id: userId }).lean(),
    rightSetOf: rightSets.ensure,
    grantsOf: rightSets.grantsOf,
    signToken: accessTokens.sign,
  });
  const users = createUserService({
    model: stores.users, changes, clock, passwords, newUserRole: guestType,
    keepSuperadmin: superadmin.keep,
    endSessions: sessions.endAllOf,
    async grantsOf(tenantId, roleIds, tx) {
      const { rights, isSuperadmin } = await rightsOfRoles(tenantId, roleIds, tx?.session);
      return compileGrants(registry(), rights, isSuperadmin);
    },
  });
  const logIn = createLogIn({
    sessions, passwords, limits, clock,
    devices: createDeviceCookies({ digest: createKeyedDigest(keyEncryptionKey, 'device cookies'), clock, isSecure: publicUrl.startsWith('https:') }),
    digestSource: createKeyedDigest(keyEncryptionKey, 'known sources'),
    accountOf: emailKeyOf,
    findByEmail: (tenantId, email) => stores.users.findOne({ tenantId, emailKey: emailKeyOf(email) }).select('+password +knownSources').lean(),
    async storePassword({ tenantId, _id }, password) {
      await stores.users.updateOne({ tenantId, _id }, { $set: { password } });
    },
    async storeSources({ tenantId, _id }, knownSources) {
      await stores.users.updateOne({ tenantId, _id }, { $set: { knownSources } });
    },
    noteFailure: (actor, code) => refusals.note({ ...actor, code, action: 'session.login', method: 'POST', url: '/users/login' }),
  });
  const roles = createRoleService({
    model: stores.roles, changes, registry,
    countUsers: ({ session, actor: { tenantId } }, roleId) => stores.users.countDocuments({ tenantId, roles: roleId }).session(session),
    reassignUsers: users.reassign,
  });

  return {
    tenants, audit, refusals, changes, limits, passwords, signingKeys, accessTokens, superadmin, sessions, users, logIn, roles, rightsOfRoles,
    seedRole: createRoleSeed({ model: stores.roles, registry }),
    claimRole: createClaimRole(stores.roles),
  };
}

export type Services = ReturnType<typeof createServices>;
