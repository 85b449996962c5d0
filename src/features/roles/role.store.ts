import { LRUCache } from 'lru-cache';
import type { ClientSession, Model } from 'mongoose';
import { cacheLimit } from '../../platform/cache/cache-limit.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { Role } from './role.model.ts';
import type { RoleRef } from './role.types.ts';

/** The queries about roles. The queries about their locks are in role-locks.store.ts. */
export interface RoleStore {
  /** One page of the roles of a tenant, in the order of their roleIds. With `roleId`, only this role. */
  page(tenantId: string, filter: { readonly roleId?: string }, page: PageRequest): Promise<Page<Role>>;
  /** With `tx`, reads inside the transaction and sees the writes of it. */
  findByRef(tenantId: string, ref: RoleRef, tx?: ChangeTransaction): Promise<Role | null>;
  /**
   * Roles and all roles that they inherit, by roleId. Unknown ids are left out.
   *
   * One query is enough if the roles inherit what they inherited when they were last read. Otherwise each level costs one.
   */
  readWithParents(tenantId: string, roleIds: readonly string[], session?: ClientSession): Promise<Map<string, Role>>;
  /** All roles of a tenant. */
  readEvery(tenantId: string, session: ClientSession): Promise<Role[]>;
  /** The roleIds of the roles that inherit one of these directly. */
  childrenOf(tenantId: string, roleIds: readonly string[], session: ClientSession): Promise<string[]>;
  /** The roleIds of the roles that new users get. */
  defaultRoleIds(tx: ChangeTransaction): Promise<string[]>;
  /** The role whose type or roleId is the type of a declaration. */
  findDeclared(tx: ChangeTransaction, type: string): Promise<Role | null>;
  /** Whether a role has this roleId or this type. */
  isTaken(tx: ChangeTransaction, roleId: string, type: string): Promise<boolean>;
  /** Whether another role inherits this one directly. */
  isInherited(tx: ChangeTransaction, roleId: string): Promise<boolean>;
  insert(tx: ChangeTransaction, role: Role): Promise<void>;
  /** Writes these fields and increments the version of the role. */
  edit(tx: ChangeTransaction, id: string, set: Partial<Role>): Promise<void>;
  remove(tx: ChangeTransaction, id: string): Promise<void>;
  /** Adds empty permissions and policies to roles that were stored without them. Returns the number of changed roles. */
  addMissingFields(tx: ChangeTransaction): Promise<number>;
}

/** How many roles are remembered with what they inherited. */
const maxRemembered = 10_000;

/** Creates the store of roles. */
export function createRoleStore(model: Model<Role>): RoleStore {
  /** What each role inherited when it was last read. It says which roles to read together, and nothing else. */
  const lastInherited = new LRUCache<string, readonly string[]>(cacheLimit(maxRemembered));

  return {
    page: (tenantId, filter, page) => readPage(['roles', tenantId, filter], page, ({ roleId }) => roleId, 'ascending', (after, count) => {
      const wanted = { ...filter, tenantId };
      return model.find(after ? { $and: [wanted, { roleId: after }], tenantId } : wanted).sort({ roleId: 1 }).limit(count).lean();
    }),

    findByRef: (tenantId, { roleId, type }, tx) => (
      model.findOne({ tenantId, ...(roleId === undefined ? { type } : { roleId }) }, null, { session: tx?.session ?? null }).lean()),

    async readWithParents(tenantId, roleIds, session) {
      const known = new Map<string, Role>();
      const asked = new Set<string>();
      for (let missing: readonly string[] = roleIds; missing.length > 0;) {
        const likely = withAncestors(missing, (roleId) => lastInherited.get(keyOf(tenantId, roleId)))
          .filter((roleId) => !asked.has(roleId));
        const found = await model.find({ tenantId, roleId: { $in: likely } }, null, { session: session ?? null }).lean();
        for (const roleId of likely) asked.add(roleId);
        for (const role of found) {
          known.set(role.roleId, role);
          lastInherited.set(keyOf(tenantId, role.roleId), role.inherits);
        }
        missing = found.flatMap((role) => role.inherits).filter((roleId) => !asked.has(roleId));
      }
      const reached = withAncestors(roleIds, (roleId) => known.get(roleId)?.inherits);
      return new Map(reached.flatMap((roleId) => {
        const role = known.get(roleId);
        return role ? [[roleId, role]] : [];
      }));
    },

    readEvery: (tenantId, session) => model.find({ tenantId }, null, { session }).lean(),

    async childrenOf(tenantId, roleIds, session) {
      const children = await model.find({ tenantId, inherits: { $in: [...roleIds] } }, { roleId: 1 }, { session }).lean();
      return children.map(({ roleId }) => roleId);
    },

    async defaultRoleIds({ session, actor: { tenantId } }) {
      return (await model.find({ tenantId, isDefault: true }, { roleId: 1 }, { session }).lean()).map(({ roleId }) => roleId);
    },

    findDeclared: ({ session, actor: { tenantId } }, type) => (
      model.findOne({ tenantId, $or: [{ type }, { roleId: type }] }, null, { session }).lean()),

    isTaken: async ({ session, actor: { tenantId } }, roleId, type) => (
      (await model.exists({ tenantId, $or: [{ roleId }, { type }] }).session(session)) !== null),

    isInherited: async ({ session, actor: { tenantId } }, roleId) => (
      (await model.exists({ tenantId, inherits: roleId }).session(session)) !== null),

    async insert({ session }, role) {
      await model.create([role], { session });
    },

    async edit({ session, actor: { tenantId } }, _id, set) {
      await model.updateOne({ tenantId, _id }, { $set: set, $inc: { version: 1 } }, { session });
    },

    async remove({ session, actor: { tenantId } }, _id) {
      await model.deleteOne({ tenantId, _id }, { session });
    },

    async addMissingFields({ session, actor: { tenantId } }) {
      const { modifiedCount } = await model.updateMany(
        { tenantId, policies: { $exists: false } }, { $set: { permissions: [], policies: [] } }, { session },
      );
      return modifiedCount;
    },
  };
}

function keyOf(tenantId: string, roleId: string): string {
  return `${tenantId} ${roleId}`;
}

/** These roles and all that they inherit, directly or through others. */
function withAncestors(roleIds: readonly string[], inheritsOf: (roleId: string) => readonly string[] | undefined): string[] {
  const reached = new Set(roleIds);
  for (const roleId of reached) for (const parent of inheritsOf(roleId) ?? []) reached.add(parent);
  return [...reached];
}
