import { availableParallelism } from 'node:os';
import type { ClientSession, Connection } from 'mongoose';
import type { Logger } from 'pino';
import type { Caller } from './engine/caller.ts';
import { withoutEnded } from './engine/grants/role-times.ts';
import type { UrlRegistry } from './engine/urls/url-registry.ts';
import { createAccountServices } from './features/accounts/accounts.module.ts';
import { createAccountMails } from './features/accounts/account-mails.ts';
import { createAuditExport } from './features/audit/audit.export.ts';
import { createAuditService } from './features/audit/audit.service.ts';
import { createRefusalLog } from './features/audit/refusal-log.ts';
import { systemActor } from './platform/changes/actor.ts';
import { createChangeService } from './platform/changes/change.service.ts';
import type { Peers } from './platform/changes/peers.ts';
import type { Rehearsals } from './platform/changes/rehearsals.ts';
import { createClientServices } from './features/clients/clients.module.ts';
import { tenantOfClient } from './features/clients/client.secret.ts';
import { createClientPrincipals } from './features/clients/client.store.ts';
import { raiseGuard } from './platform/changes/lock-document.ts';
import { createDelegationServices } from './features/grants/grants.module.ts';
import { createFeed } from './platform/cache/change-feed.ts';
import { createKnowledge } from './platform/cache/invalidation.ts';
import { createGrantRoutes, createGrantServices } from './features/roles/roles.module.ts';
import { createReadGroups } from './features/groups/group.model.ts';
import { sourceOf } from './http/request/client-ip.ts';
import { createKeyedDigest } from './platform/keyed-digest.ts';
import { createCheckRates } from './platform/limits/tenant-rate.ts';
import { createRateLimits } from './platform/limits/rate-limit.service.ts';
import { createHostTransport } from './platform/mail/host.transport.ts';
import type { HostMail } from './platform/mail/host.transport.ts';
import { createMailer } from './platform/mail/mailer.ts';
import { writeMail } from './platform/mail/mail.texts.ts';
import { createMailTransport } from './platform/mail/mail.transport.ts';
import { createReadMemberships } from './features/memberships/membership.model.ts';
import type { Metrics } from './platform/metrics/metrics.ts';
import type { PasswordPool } from './platform/passwords/password.pool.ts';
import { createPasswordService } from './platform/passwords/password.service.ts';
import { markOf } from './platform/passwords/stored-password.ts';
import type { Placements } from './platform/database/tenancy/tenant-locations.ts';
import { inTransaction } from './platform/database/transactions.ts';
import type { TenantDatabases } from './platform/database/tenancy/tenant-databases.ts';
import type { KnownPermissions } from './features/policies/declared-permissions.ts';
import { createHeldReader } from './features/grants/grant-resolver.ts';
import { createFindSelfAsserting } from './features/policies/self-asserted-policies.ts';
import { createQuestionServices } from './features/decisions/decisions.module.ts';
import { createRedisStore } from './platform/cache/redis.store.ts';
import { createSealedEntries } from './platform/cache/signed-entries.ts';
import { createClaimDefaultRoles } from './features/roles/role-locks.ts';
import { createReadRoles } from './features/roles/role.store.ts';
import { guestType, isSuperadmin, isTenantAdmin, superadminType } from './features/roles/role.ladder.ts';
import type { SeededRole } from './features/roles/role.ladder.ts';
import { createRoleSeed } from './features/roles/role.seed.ts';
import { createUpgradeRoles } from './features/roles/role.upgrade.ts';
import { createCallers } from './features/sessions/caller-cache.ts';
import { createDeviceCookies } from './features/sessions/login/device-cookie.ts';
import { createHeldCache } from './features/grants/shared-grant-cache.ts';
import { createLogIn } from './features/sessions/login/login.service.ts';
import { createRefresh } from './features/sessions/refresh.service.ts';
import { createRightSetService } from './features/grants/right-set.service.ts';
import { createSessionService } from './features/sessions/session.service.ts';
import type { Settings } from './settings/load-settings.ts';
import { toSecretKey } from './features/signing-keys/signing-key.record.ts';
import { createKeyRotation } from './features/signing-keys/signing-key.rotation.ts';
import { createSigningKeyService } from './features/signing-keys/signing-key.service.ts';
import type { Stores } from './platform/database/database.ts';
import { createTenantServices } from './features/tenants/tenants.module.ts';
import { countOf, createRequireRoom, limitsOf } from './features/tenants/tenant.limits.ts';
import { createTenantStates } from './features/tenants/tenant.store.ts';
import { createAccessTokens } from './tokens/access-token.ts';
import { createCurrentTokens } from './tokens/current-tokens.ts';
import { createOneTimeTokens } from './features/links/one-time-token.service.ts';
import { createRefreshTokens } from './tokens/refresh-tokens.ts';
import { createDisplaceUser } from './features/users/email/displace-user.ts';
import { createEraseUser } from './features/users/erase-user.ts';
import { createValidateLogin } from './features/users/host-users.service.ts';
import type { HostUsers } from './features/users/host-users.service.ts';
import { createSuperadminService } from './features/users/superadmin/superadmin.service.ts';
import { emailKeyOf } from './http/input/email-address.ts';
import { namesOf } from './features/users/user.model.ts';
import { attributesOf } from './features/users/user.attributes.ts';
import { createUserService } from './features/users/user.service.ts';
import type { HashNew } from './features/users/user.service.ts';
import { createWriteUser } from './features/users/write-user.ts';

export interface ServiceDeps {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly tenantDatabases: TenantDatabases;
  readonly rehearsals: Rehearsals;
  readonly placements: Placements;
  readonly settings: Settings;
  readonly registry: () => UrlRegistry;
  readonly permissions: KnownPermissions;
  /** What tenants are seeded with. */
  readonly roles: readonly SeededRole[];
  /** In place of the settings' server. */
  readonly mail?: HostMail | undefined;
  /** Asked whose password it is where it is not Gatehouse's own. */
  readonly hostUsers?: HostUsers | undefined;
  readonly peers?: Peers | undefined;
  /** In place of threads of its own. */
  readonly passwordPool?: PasswordPool | undefined;
  readonly clock: () => number;
  readonly onError: (error: unknown) => void;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'countLogins' | 'cacheLookup'>;
}

/** Wires the features to each other: the one place where a feature is handed the functions of another. */
export function createServices({ connection, stores, tenantDatabases, rehearsals, placements, settings, registry, permissions, roles, mail, hostUsers, peers, passwordPool, clock, onError, logger, metrics }: ServiceDeps) {
  const { auditDays, sessionHours, accessTokenSeconds, clockTolerance, claimsNamespace, publicUrl, keyEncryptionKey } = settings;
  const tenantStates = createTenantStates(stores.tenants, placements.note);
  /** Sees to it that this node knows where a tenant is kept; undefined where it does. */
  const place = (tenantId: string) => (placements.isKnown(tenantId) ? undefined : tenantStates.read(tenantId));
  const knowledge = createKnowledge({ onTenantChange: () => tenantServices.directory.forget() });
  const feed = createFeed({
    outbox: stores.outbox, maxStaleness: settings.maxStaleness, clock, onNotice: knowledge.note, onGap: knowledge.forgetAll,
    onError: (error) => logger.warn(error, 'the feed of changes broke, and is followed anew'),
  });
  const auditExport = createAuditExport(stores.auditRecords);
  const audit = createAuditService({ model: stores.auditRecords, auditDays, clock });
  const refusals = createRefusalLog({ model: stores.auditRecords, auditDays, clock, place, onError });
  const changes = createChangeService({
    connection, outbox: stores.outbox, peers, rehearsals, clock, raisePolicyVersion: tenantStates.raisePolicyVersion, writeAudit: audit.writeChanges,
    requireRoom: createRequireRoom({
      tenants: stores.tenants,
      count: { users: countOf(stores.users), roles: countOf(stores.roles), groups: countOf(stores.groups), clients: countOf(stores.clients) },
    }),
    onMail: () => mailer.wake(),
  });
  changes.onChanged((notices) => { for (const notice of notices) knowledge.note(notice); });
  const passwords = createPasswordService({
    cost: settings.passwordCost, pepper: settings.pepper, hostName: new URL(publicUrl).hostname, pool: passwordPool,
    workers: Math.max(1, Math.floor((availableParallelism() - 1) / settings.workers)), // the processes of a machine share its cores
  });
  const rates = createCheckRates();
  const limits = createRateLimits({ model: stores.rateLimits, digest: createKeyedDigest(keyEncryptionKey, 'rate limits') });
  const raise = (name: string, session: ClientSession) => raiseGuard(stores.versions, name, session);
  // The node that signs last may be behind by the tolerance, and the one that verifies last as well.
  const keyDeps = { model: stores.signingKeys, secret: toSecretKey(keyEncryptionKey), tokenLifetime: (accessTokenSeconds + Math.max(60, 2 * clockTolerance)) * 1_000, clock };
  const signingKeys = createSigningKeyService(keyDeps);
  const keyRotation = createKeyRotation({ ...keyDeps, changes, raiseGuard: raise });
  const tokensByKey = createAccessTokens({ keys: signingKeys, issuer: publicUrl, audience: 'gatehouse', namespace: claimsNamespace, lifetimeSeconds: accessTokenSeconds, toleranceSeconds: clockTolerance, clock, onLookup: (hit) => metrics.cacheLookup('token', hit) });
  const accessTokens = createCurrentTokens({ tokens: tokensByKey, keys: signingKeys });
  const refreshTokens = createRefreshTokens(createKeyedDigest(keyEncryptionKey, 'refresh tokens'));

  const tokens = createOneTimeTokens(stores.tokens);
  const findByEmail = async (tenantId: string, email: string) => {
    const user = await stores.users.findOne({ tenantId, emailKey: emailKeyOf(email) }).select('+password +knownSources').lean();
    return user && withoutEnded(user, clock());
  };
  /** Nobody of a suspended tenant is mailed anything. */
  const ofActive = <T>(find: (tenantId: string, named: string) => Promise<T | null>) => async (tenantId: string, named: string) =>
    ((await tenantStates.read(tenantId))?.status === 'active' ? find(tenantId, named) : null);
  const mailer = createMailer({
    outbox: stores.outbox, clock, log: logger,
    prepare: createAccountMails({
      publicUrl, clock, writeMail,
      findUser: ofActive((tenantId, userId) => stores.users.findOne({ tenantId, _id: userId }).select('+password').lean()),
      findUserByEmail: ofActive(findByEmail),
      replaceToken: (tenantId, order) => changes.transact(systemActor(tenantId), (tx) => tokens.replace(tx, order)),
    }),
    transport: mail ? createHostTransport(mail) : createMailTransport({ ...settings.mail, onFile: (file) => logger.info({ file }, 'a mail was written to a file') }),
  });
  const hashNew: HashNew = async (password, profile, { tenantId, userId, ip }) => {
    const { settings: { passwordMinimum } = {} } = await tenantStates.read(tenantId) ?? {};
    return passwords.hashNew(password, { about: namesOf(profile), asker: userId === null ? sourceOf(ip) : { known: `user ${userId}` }, ...(passwordMinimum !== undefined && { minimum: passwordMinimum }) });
  };
  const writeUser = createWriteUser(stores.users);
  const held = createHeldReader({
    clock, readRoles: createReadRoles(stores.roles), readGroups: createReadGroups(stores.groups), readMemberships: createReadMemberships(stores.memberships),
    baseRole: guestType, isSuperadmin, isTenantAdmin,
  });
  const { readHeld } = held;
  const delegation = createDelegationServices({ stores, registry, held, baseRole: guestType, clock });
  const superadmin = createSuperadminService({
    model: stores.users, changes, clock, hashNew, superadminRole: superadminType, tokens,
    raiseGuard: raise, displace: (tx, email) => displaceUser(tx, email),
  });
  const rightSets = createRightSetService({ model: stores.rightSets, registry, onLookup: (hit) => metrics.cacheLookup('grants', hit) });
  const redis = settings.redisUrl === null ? null : createRedisStore({ url: settings.redisUrl, log: logger });
  const heldCache = redis && createHeldCache({
    entries: createSealedEntries({ store: redis, digest: createKeyedDigest(keyEncryptionKey, 'cached grants') }),
    place: `${connection.name}.${stores.users.collection.collectionName}`, registry, clock,
  });
  const principals = createClientPrincipals({ model: stores.clients, clock });
  const sessions = createSessionService({
    model: stores.sessions, changes, clock, sessionHours, clientSeconds: accessTokenSeconds,
    readTenant: tenantStates.read,
    inSnapshot: (read) => inTransaction(connection, read),
    readUser: async (tenantId, userId, session) => {
      const user = await stores.users.findOne({ tenantId, _id: userId }, null, { session: session ?? null }).lean();
      return user && withoutEnded(user, clock());
    },
    readClient: principals.read,
    confirmClient: principals.confirm,
    readHeld, heldCache,
    rightSetOf: rightSets.ensure,
    grantsOf: rightSets.grantsOf,
    attributesOf,
    signToken: accessTokens.sign,
    makeRefreshToken: (tenantId) => refreshTokens.make(tenantId),
    async confirmLogin({ session }, { tenantId, _id, externalId, password }) {
      const { hash = '' } = password ?? {};
      const proof = externalId === undefined ? { $or: [{ 'password.hash': hash }, { 'password.renewedFrom': markOf(hash) }] } : { externalId };
      const { matchedCount } = await stores.users.updateOne(
        { tenantId, _id, isActive: true, ...proof }, { $set: { lastLoginAt: new Date(clock()) } }, { session },
      );
      return matchedCount === 1;
    },
  });
  const callers = createCallers({
    clock, loadCaller: sessions.loadCaller, takeMarks: knowledge.takeMarks, isFresh: feed.isFresh, isPlaced: placements.isKnown,
    onLookup: (hit) => metrics.cacheLookup('session', hit),
    admit: (tenantId, own) => rates.admit(tenantId, limitsOf(tenantId, own).checksPerSecond),
  });
  /** A caller as the store has them now. Throws `session-ended`, `user-disabled`. */
  const reloadCaller = async ({ userId, tenantId, sessionId }: Caller) => {
    await place(tenantId);
    return callers.load({ sub: userId, sid: sessionId, tenant: tenantId, ...(tenantOfClient(userId) !== null && { client_id: userId }) }, 'again');
  };
  const refresh = createRefresh({ model: stores.sessions, changes, clock, tokens: refreshTokens, reissue: sessions.reissue });
  const grants = createGrantServices({ clock, stores, changes, registry, permissions, held, delegation, writeUser, keepSuperadmin: superadmin.keep });
  const seedRole = createRoleSeed({
    model: stores.roles, registry, permissions,
    nameOf: async ({ session, actor: { tenantId } }) => (await stores.tenants.findOne({ _id: tenantId }, { name: 1 }, { session }).lean())?.name ?? tenantId,
    onKept: (tenant, role) => logger.warn({ tenant, role }, `the tenant "${tenant}" has a role of its own with the roleId or type "${role}", which is declared now: it keeps its own, and what is declared is not given to it`),
  });
  const tenantServices = createTenantServices({ stores, tenantDatabases, notePlacement: placements.note, settings, changes, clock, registry, roles, seedRole, claimRole: grants.claimRole, claimRoles: grants.claimRoles, logger, auditExport, raiseGuard: raise });
  const clientServices = createClientServices({
    stores, settings, changes, clock, principals, sessions, callers, limits, accessTokens, refreshTokens, delegation,
    readGiven: held.readGiven, claimRoles: grants.claimRoles, readTenant: tenantStates.read, serves: tenantServices.directory.serves,
    noteFailure: (actor, code, url) => refusals.note({ ...actor, code, action: 'client.authenticate', method: 'POST', url }),
  });
  const erase = createEraseUser({
    model: stores.users, keepSuperadmin: superadmin.keep,
    forget: [
      (tx, { _id }) => sessions.endAllOf(tx, _id),
      (tx, { _id }) => tokens.dropAllOf(tx, _id),
      (tx, { _id }) => grants.memberships.forget(tx, _id),
      (tx, { _id }) => audit.forget(_id, tx),
      changes.forgetMail,
    ],
  });
  const defaultRoles = createClaimDefaultRoles(stores.roles, guestType);
  const displaceUser = createDisplaceUser({
    model: stores.users, erase, readDefaultRoles: defaultRoles,
    hasMemberships: async ({ session, actor: { tenantId } }, userId) => (await stores.memberships.exists({ tenantId, userId }).session(session)) !== null,
  });
  const users = createUserService({
    model: stores.users, changes, clock, hashNew, writeUser, erase, defaultRoles, endSessions: sessions.endAllOf,
    keepSuperadmin: superadmin.keep, delegation,
  });
  const validate = hostUsers && createValidateLogin({
    host: hostUsers, model: stores.users, changes, clock, defaultRoles, displace: displaceUser, requireFreeEmail: users.requireFreeEmail,
    onFailure: (reason) => logger.error({ reason }, 'the host did not say who logs in'),
  });
  const logIn = metrics.countLogins(createLogIn({
    sessions, passwords, limits, clock, findByEmail, readTenant: tenantStates.read, validate,
    devices: createDeviceCookies({ digest: createKeyedDigest(keyEncryptionKey, 'device cookies'), clock, isSecure: publicUrl.startsWith('https:') }),
    digestSource: createKeyedDigest(keyEncryptionKey, 'known sources'),
    accountOf: emailKeyOf,
    async storePassword({ tenantId, _id, password: compared }, password) {
      await stores.users.updateOne({ tenantId, _id, 'password.hash': compared?.hash ?? '' }, { $set: { password } });
    },
    async storeSources({ tenantId, _id }, knownSources) {
      await stores.users.updateOne({ tenantId, _id }, { $set: { knownSources } });
    },
    onNotRenewed: (error) => logger.warn(error, 'the hash of a password was not renewed: the next login tries again'),
    noteFailure: (actor, code) => refusals.note({ ...actor, code, action: 'session.login', method: 'POST', url: '/users/login' }),
  }));
  const accounts = createAccountServices({
    stores, changes, clock, limits, tokens, passwords, hashNew, users, writeUser, erase, claimRole: grants.claimRole, endSessions: sessions.endAllOf,
    readTenant: tenantStates.read,
  });
  const questions = createQuestionServices({
    connection, stores, registry, clock, changes, held, principals, rightSets, knowledge, isFresh: feed.isFresh, spend: rates.spend,
    previewed: createGrantRoutes(grants, { registry, permissions }),
    onLookup: (hit) => metrics.cacheLookup('subject', hit),
  });
  const findSelfAsserting = createFindSelfAsserting({ ...stores, notePlacement: placements.note });

  return {
    findSelfAsserting, reloadCaller,
    ...questions, place, callers, rates, feed, redis,
    ...tenantServices, ...clientServices, tenantStates, audit, auditExport, refusals, changes, mailer, limits, passwords, signingKeys, keyRotation, accessTokens, tokens, superadmin, sessions, users, logIn, refresh,
    grants, readHeld, accounts,
    upgradeRoles: createUpgradeRoles(stores.roles),
    seedRole,
    permissions,
  };
}

export type Services = ReturnType<typeof createServices>;
