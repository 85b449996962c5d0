import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError, errorTable } from '../../errors/errors.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import type { Isolation } from '../../platform/database/tenancy/tenant-locations.ts';
import type { TenantRecordStore } from './tenant-records.store.ts';
import type { Tenant, TenantSettings } from './tenant.model.ts';
import { isMoving, locationOf } from './tenant.store.ts';
import type { RecordLocation } from './tenant.store.ts';

/** Who looks after a new tenant first. */
export interface FirstAdmin {
  readonly email: string;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

export interface NewTenant {
  readonly name: string;
  readonly domain?: string;
  readonly settings?: TenantSettings;
  readonly isolation?: Isolation;
  readonly admin: FirstAdmin;
}

/** What is to be otherwise; what is absent stays. */
export interface TenantEdit {
  readonly name?: string;
  /** Empty: it has none any more. */
  readonly domain?: string;
  /** All of them anew. */
  readonly settings?: TenantSettings;
  /** The version the edit was made on; without it the newest. */
  readonly version?: number;
}

/** What superadmins of the platform do with tenants. Recorded in the tenant's trail and in that of the default tenant. */
export interface TenantService {
  load(filter: { readonly name?: string; readonly status?: Tenant['status'] }, page: PageRequest): Promise<Page<Tenant>>;
  /** With roles of its own, and a first admin who is mailed a one-time link, all or nothing. Throws `tenant-exists`, `domain-in-use`. */
  create(actor: Actor, tenant: NewTenant): Promise<Tenant & { readonly adminId: string }>;
  /** Throws `tenant-not-found`, `tenant-exists`, `domain-in-use`, `version-conflict`, `role-not-found`, `superadmin-not-inherited`, `tenant-moving`, and `default-tenant-fixed` where the default tenant would get another name, or no login by password. */
  update(actor: Actor, tenantId: string, edit: TenantEdit): Promise<Tenant>;
  /** Users and clients of a suspended tenant are refused everywhere, as if it did not exist. Throws `tenant-not-found`, `default-tenant-fixed`, `tenant-moving`. */
  setStatus(actor: Actor, tenantId: string, status: 'active' | 'suspended'): Promise<Tenant>;
}

export interface TenantDeps {
  readonly store: TenantRecordStore;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly lockDocument: (name: string, session: ClientSession) => Promise<void>;
  /** Gives a new tenant its roles; answers the digest of what they are declared as. */
  readonly seedRoles: (tx: ChangeTransaction) => Promise<string>;
  /** Creates the first admin and orders the mail; answers the userId. */
  readonly createAdmin: (tx: ChangeTransaction, admin: FirstAdmin) => Promise<string>;
  /** Throws `role-not-found`, `superadmin-not-inherited`. */
  readonly lockRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<unknown>;
  readonly recordLocation: RecordLocation;
  /** Refuses a domain under which people of other tenants log in. Throws `domain-in-use`. */
  readonly requireUnusedDomain: (domain: string, tenantId?: string) => Promise<void>;
  /** Tenants' own databases. */
  readonly databases: { prepare(tenantId: string): Promise<void>; drop(tenantId: string): Promise<void> };
}

/** Creates the service that loads, creates, changes, suspends and resumes tenants. */
export function createTenantService(
  { store, changes, clock, lockDocument, seedRoles, createAdmin, lockRoles, recordLocation, requireUnusedDomain, databases }: TenantDeps,
): TenantService {
  /** Works on a tenant, on behalf of somebody of another one. */
  function within<T>({ session, actor }: ChangeTransaction, tenantId: string, work: (tx: ChangeTransaction) => Promise<T>): Promise<T> {
    return changes.within(session, { ...actor, tenantId, ...(tenantId !== actor.tenantId && { homeTenantId: actor.tenantId }) }, work);
  }

  /** Works with the id of a new tenant, whose database is there before, because no transaction can make one, and goes if that is refused. */
  async function onItsOwn<T>(isolation: Isolation, work: (tenantId: string) => Promise<T>): Promise<T> {
    const tenantId = newId();
    recordLocation(tenantId, isolation);
    if (isolation === 'shared') return work(tenantId);
    await databases.prepare(tenantId);
    try {
      return await work(tenantId);
    } catch (error) {
      // Where it is not certain that nothing was written, an empty database is better left than a full one removed.
      if (error instanceof AppError && errorTable[error.code].status < 500) await databases.drop(tenantId);
      throw error;
    }
  }

  async function requireFree(
    tx: ChangeTransaction, { name, domain }: { readonly name?: string; readonly domain?: string }, except?: string,
  ): Promise<void> {
    if (domain) await requireUnusedDomain(domain, except);
    // Two of one name at once would both find it free.
    await lockDocument('tenants', tx.session);
    if (await store.isTaken(
      tx, { ...(name !== undefined && { name }), ...(domain && { domain }) }, except,
    )) throw new AppError('tenant-exists');
  }

  async function requireTenant(tx: ChangeTransaction, tenantId: string): Promise<Tenant> {
    const tenant = await store.read(tx, tenantId);
    if (!tenant) throw new AppError('tenant-not-found');
    if (isMoving(tenant)) throw new AppError('tenant-moving');
    recordLocation(tenantId, locationOf(tenant));
    return tenant;
  }

  return {
    load: store.page,

    create: (
      actor, { name, domain, settings, isolation = 'shared', admin },
    ) => onItsOwn(isolation, (_id) => changes.transact(actor, async (tx) => {
      await requireFree(tx, { name, ...(domain !== undefined && { domain }) });
      const tenant: Tenant = {
        _id, name, isolation, ...(domain !== undefined && { domain }), status: 'active', ...(settings && { settings }), policyVersion: 1,
        version: 1, createdAt: new Date(clock()),
      };
      await store.insert(tx, tenant);
      return within(tx, tenant._id, async (own) => {
        await store.edit(tx, tenant._id, { seededWith: await seedRoles(own) });
        if (settings?.defaultRole !== undefined) await lockRoles(own, [settings.defaultRole]);
        own.record({ action: 'tenant.create', target: { kind: 'tenant', id: tenant._id }, after: auditView(tenant) });
        return { ...tenant, adminId: await createAdmin(own, admin) };
      });
    })),

    update: (actor, tenantId, { version, settings, ...edit }) => changes.transact(actor, async (tx) => {
      const tenant = await requireTenant(tx, tenantId);
      if (version !== undefined && version !== tenant.version) throw new AppError('version-conflict');
      const isShut = settings?.loginMethods?.includes('password') === false;
      if (tenantId === defaultTenantId && (isShut || (edit.name !== undefined && edit.name !== tenant.name))) throw new AppError('default-tenant-fixed');
      await requireFree(tx, edit, tenantId);
      const set = { ...(edit.name !== undefined && { name: edit.name }), ...(edit.domain && {
        domain: edit.domain,
      }), ...(settings && { settings }), version: tenant.version + 1 };
      return within(tx, tenantId, async (own) => {
        if (settings?.defaultRole !== undefined) await lockRoles(own, [settings.defaultRole]);
        await (edit.domain === '' ? store.editWithoutDomain : store.edit)(tx, tenantId, set);
        const { domain: _gone, ...kept } = tenant;
        const after: Tenant = { ...(edit.domain === '' ? kept : tenant), ...set };
        own.record({ action: 'tenant.update', target: {
          kind: 'tenant', id: tenantId,
        }, before: auditView(tenant), after: auditView(after), raisesPolicy: settings !== undefined });
        return after;
      });
    }),

    setStatus: (actor, tenantId, status) => changes.transact(actor, async (tx) => {
      const tenant = await requireTenant(tx, tenantId);
      if (tenantId === defaultTenantId) throw new AppError('default-tenant-fixed');
      if (tenant.status === status) return tenant;
      const after: Tenant = { ...tenant, status, version: tenant.version + 1 };
      await store.edit(tx, tenantId, { status, version: after.version });
      await within(tx, tenantId, (own) => {
        own.record({ action: status === 'active' ? 'tenant.resume' : 'tenant.suspend', target: {
          kind: 'tenant', id: tenantId,
        }, before: auditView(tenant), after: auditView(after), raisesPolicy: true });
        return Promise.resolve();
      });
      return after;
    }),
  };
}

/** What a record shows of a tenant. */
function auditView({ name, domain, status, isolation, settings }: Tenant): Record<string, unknown> {
  return { name, domain, status, isolation, settings };
}
