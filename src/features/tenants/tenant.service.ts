import { allowsLogin } from './tenant.model.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { errorTable } from '../../errors/table.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import type { Isolation } from '../../platform/database/tenancy/tenant-locations.ts';
import type { BrandSettings } from '../branding/brand.types.ts';
import type { TenantRecordStore } from './tenant-records.store.ts';
import type { Tenant, TenantSettings } from './tenant.model.ts';
import { isMoving, locationOf } from './tenant.store.ts';
import type { RecordLocation } from './tenant.store.ts';

/** The first administrator of a new tenant. */
export interface FirstAdmin {
  readonly email: string;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly language?: string;
}

export interface NewTenant {
  readonly name: string;
  readonly domain?: string;
  readonly settings?: TenantSettings;
  readonly isolation?: Isolation;
  readonly admin: FirstAdmin;
}

/** The new values of an edit; a field that is absent stays as it is. */
export interface TenantEdit {
  readonly name?: string;
  /** An empty text removes the domain. */
  readonly domain?: string;
  /** Replaces all settings. */
  readonly settings?: TenantSettings;
  /** The version that the edit was based on; the newest if absent. */
  readonly version?: number;
}

/** Manages tenants for superadmins of the platform. Changes are recorded in the tenant's trail and in that of the default tenant. */
export interface TenantService {
  load(filter: { readonly name?: string; readonly status?: Tenant['status'] }, page: PageRequest): Promise<Page<Tenant>>;
  /**
   * Creates a tenant, its roles and its first admin, who gets a mail with a one-time link: all or nothing.
   * Throws `tenant-exists`, `domain-in-use`, `domain-taken`.
   */
  create(actor: Actor, tenant: NewTenant): Promise<Tenant & { readonly adminId: string }>;
  /**
   * Changes a tenant. Throws `tenant-not-found`, `tenant-exists`, `domain-in-use`, `domain-taken`, `version-conflict`, `role-not-found`,
   * `superadmin-not-inherited`, `tenant-moving`. Throws `default-tenant-fixed` if the default tenant would get another name or
   * would lose login by password. Throws `last-way-in` if nobody of the actor's own tenant could log in any more.
   */
  update(actor: Actor, tenantId: string, edit: TenantEdit): Promise<Tenant>;
  /**
   * Suspends or resumes a tenant. The server refuses users and clients of a suspended tenant as if the tenant did not exist.
   * Throws `tenant-not-found`, `default-tenant-fixed`, `tenant-moving`.
   */
  setStatus(actor: Actor, tenantId: string, status: 'active' | 'suspended'): Promise<Tenant>;
}

export interface TenantDeps {
  readonly store: TenantRecordStore;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly lockDocument: (name: string, session: ClientSession) => Promise<void>;
  /** Gives a new tenant its roles; answers the digest of the declarations. */
  readonly seedRoles: (tx: ChangeTransaction) => Promise<string>;
  /** Creates the first admin and queues the mail; answers the userId. */
  readonly createAdmin: (tx: ChangeTransaction, admin: FirstAdmin) => Promise<string>;
  /** Throws `role-not-found`, `superadmin-not-inherited`. */
  readonly lockRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<unknown>;
  readonly recordLocation: RecordLocation;
  /** Refuses a domain that users of other tenants have in their addresses. Throws `domain-in-use`. */
  readonly requireUnusedDomain: (domain: string, tenantId?: string) => Promise<void>;
  /** Whether another tenant has verified a domain. */
  readonly isVerifiedElsewhere: (tx: ChangeTransaction, domain: string, tenantId: string | undefined) => Promise<boolean>;
  /** Stores the logo in new settings, and answers them with its digest. Throws `invalid-input`. */
  readonly keepLogo: <S extends BrandSettings>(tx: ChangeTransaction, tenantId: string, settings: S) => Promise<S>;
  /** Throws `last-way-in` if nobody of the tenant could log in by these methods; undefined: by all. */
  readonly requireWayIn: (tx: ChangeTransaction, loginMethods: TenantSettings['loginMethods']) => Promise<void>;
  /** The databases of tenants that have their own. */
  readonly databases: { prepare(tenantId: string): Promise<void>; drop(tenantId: string): Promise<void> };
}

/** Creates the service that loads, creates, changes, suspends and resumes tenants. */
export function createTenantService(deps: TenantDeps): TenantService {
  const { store, changes, clock, lockDocument, seedRoles, createAdmin, lockRoles, recordLocation } = deps;
  const { requireUnusedDomain, isVerifiedElsewhere, keepLogo, requireWayIn, databases } = deps;

  /** Does work in a tenant for an actor who may belong to another tenant. */
  function within<T>({ session, actor }: ChangeTransaction, tenantId: string, work: (tx: ChangeTransaction) => Promise<T>): Promise<T> {
    return changes.within(session, { ...actor, tenantId, ...(tenantId !== actor.tenantId && { homeTenantId: actor.tenantId }) }, work);
  }

  function withNewId<T>(isolation: Isolation, work: (tenantId: string) => Promise<T>): Promise<T> {
    const tenantId = newId();
    recordLocation(tenantId, isolation);
    return isolation === 'shared' ? work(tenantId) : withOwnDatabase(databases, tenantId, () => work(tenantId));
  }

  async function requireFree(
    tx: ChangeTransaction, { name, domain }: { readonly name?: string; readonly domain?: string }, except?: string,
  ): Promise<void> {
    if (domain) await requireUnusedDomain(domain, except);
    // Without this lock, two transactions at the same time could both find the same name free.
    await lockDocument('tenants', tx.session);
    const wanted = { ...(name !== undefined && { name }), ...(domain && { domain }) };
    if (await store.isTaken(tx, wanted, except)) throw new AppError('tenant-exists');
    if (domain && await isVerifiedElsewhere(tx, domain, except)) throw new AppError('domain-taken');
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
      actor, { name, domain, settings: sent, isolation = 'shared', admin },
    ) => withNewId(isolation, (_id) => changes.transact(actor, async (tx) => {
      await requireFree(tx, { name, ...(domain !== undefined && { domain }) });
      const settings = sent && await keepLogo(tx, _id, sent);
      const tenant = newRecord({ _id, name, isolation, domain, settings, createdAt: new Date(clock()) });
      await store.insert(tx, tenant);
      return within(tx, tenant._id, async (own) => {
        await store.edit(tx, tenant._id, { seededWith: await seedRoles(own) });
        if (settings?.defaultRole !== undefined) await lockRoles(own, [settings.defaultRole]);
        own.record({ action: 'tenant.create', target: { kind: 'tenant', id: tenant._id }, after: auditView(tenant) });
        return { ...tenant, adminId: await createAdmin(own, admin) };
      });
    })),

    update: (actor, tenantId, { version, settings: sent, ...edit }) => changes.transact(actor, async (tx) => {
      const tenant = await requireTenant(tx, tenantId);
      if (version !== undefined && version !== tenant.version) throw new AppError('version-conflict');
      if (changesFixed(tenant, edit.name, sent)) throw new AppError('default-tenant-fixed');
      await requireFree(tx, edit, tenantId);
      const settings = sent && await keepLogo(tx, tenantId, sent);
      const set = newValues(edit, settings, tenant.version + 1);
      return within(tx, tenantId, async (own) => {
        if (settings?.defaultRole !== undefined) await lockRoles(own, [settings.defaultRole]);
        if (settings && tenantId === actor.tenantId) await requireWayIn(own, settings.loginMethods); // others may be closed on purpose
        await (edit.domain === '' ? store.editWithoutDomain : store.edit)(tx, tenantId, set);
        const { domain: _gone, ...kept } = tenant;
        const after: Tenant = { ...(edit.domain === '' ? kept : tenant), ...set };
        own.record({
          action: 'tenant.update', target: { kind: 'tenant', id: tenantId }, before: auditView(tenant), after: auditView(after),
          raisesPolicy: settings !== undefined,
        });
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
        own.record({
          action: status === 'active' ? 'tenant.resume' : 'tenant.suspend', target: { kind: 'tenant', id: tenantId },
          before: auditView(tenant), after: auditView(after), raisesPolicy: true,
        });
        return Promise.resolve();
      });
      return after;
    }),
  };
}

/**
 * Does work that creates a tenant with its own database.
 *
 * No transaction can create a database, so it is prepared before the work, and dropped if the work is refused.
 */
async function withOwnDatabase<T>(databases: TenantDeps['databases'], tenantId: string, work: () => Promise<T>): Promise<T> {
  await databases.prepare(tenantId);
  try {
    return await work();
  } catch (error) {
    // After a refusal, nothing was written. After any other failure, something may have been: then the database stays.
    if (error instanceof AppError && errorTable[error.code].status < 500) await databases.drop(tenantId);
    throw error;
  }
}

type NewRecord = Pick<Tenant, '_id' | 'name' | 'isolation' | 'createdAt'>
  & { readonly domain: string | undefined; readonly settings: TenantSettings | undefined };

/** A new tenant as it is stored. */
function newRecord({ domain, settings, ...named }: NewRecord): Tenant {
  const chosen = { ...(domain !== undefined && { domain }), ...(settings && { settings }) };
  return { ...named, ...chosen, status: 'active', policyVersion: 1, version: 1 };
}

/** The fields that an edit writes. An empty domain is not among them, because it is removed. */
function newValues({ name, domain }: Pick<TenantEdit, 'name' | 'domain'>, settings: TenantSettings | undefined, version: number) {
  return { ...(name !== undefined && { name }), ...(domain && { domain }), ...(settings && { settings }), version };
}

/** Whether an edit would rename the default tenant, or take login by password from it. */
function changesFixed({ _id, name: oldName }: Tenant, name: string | undefined, settings: TenantSettings | undefined): boolean {
  const isShut = !allowsLogin(settings, 'password');
  return _id === defaultTenantId && (isShut || (name !== undefined && name !== oldName));
}

/** The fields of a tenant that an audit record shows. */
function auditView({ name, domain, status, isolation, settings }: Tenant): Record<string, unknown> {
  return { name, domain, status, isolation, settings };
}
