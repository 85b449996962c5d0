import type { Model } from 'mongoose';

/** Finds the tenant that a call names among its arguments. */
type TenantOf = (args: readonly unknown[]) => unknown;

const tenantIn = (value: unknown): unknown => (value as { tenantId?: unknown } | null | undefined)?.tenantId;
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] as unknown : value);
const inFilter: TenantOf = ([filter]) => tenantIn(filter);
const inDocument: TenantOf = ([documents]) => tenantIn(first(documents));

/** Every way to reach rows, with where it names its tenant; what is not here is refused. */
const routed: Readonly<Record<string, TenantOf>> = {
  find: inFilter, findOne: inFilter, exists: inFilter, countDocuments: inFilter, findOneAndUpdate: inFilter, findOneAndDelete: inFilter,
  updateOne: inFilter, updateMany: inFilter, deleteOne: inFilter, deleteMany: inFilter,
  distinct: ([, filter]) => tenantIn(filter),
  create: inDocument, insertMany: inDocument,
  aggregate: ([pipeline]) => tenantIn((first(pipeline) as { $match?: unknown } | undefined)?.$match),
  bulkWrite: ([operations]) => oneTenantOf(operations),
};

/** What tells about the model and reaches no rows. */
const plain = new Set<string | symbol>([
  'schema', 'modelName', 'db', 'collection', 'createCollection', 'createIndexes', Symbol.toStringTag,
]);

/**
 * Creates a model that does each call on the one that `modelOf` answers for the tenant which the call names.
 *
 * Refuses, before the database is reached, a call that names no tenant, one on rows of several, and whatever method it
 * does not know; `schema`, `db` and the like are those of `shared`.
 */
export function routeByTenant<T>(shared: Model<T>, modelOf: (tenantId: string) => Model<T>): Model<T> {
  return new Proxy(shared, {
    get(target, name) {
      const tenantOf = typeof name === 'string' && Object.hasOwn(routed, name) ? routed[name] : undefined;
      if (!tenantOf) {
        const value = plain.has(name) ? Reflect.get(target, name) as unknown : undefined;
        if (typeof value === 'function') return value.bind(target) as unknown;
        if (plain.has(name)) return value;
        throw new Error(`Tenant routing: ${target.modelName}.${String(name)} is not known to name a tenant.`);
      }
      return (...args: unknown[]) => {
        const tenantId = tenantOf(args);
        if (typeof tenantId !== 'string' || tenantId === '') throw new Error(`Tenant routing: ${target.modelName}.${String(
          name,
        )} was asked without a tenant.`);
        const model = modelOf(tenantId) as unknown as Record<string, (...given: unknown[]) => unknown>; // its own methods by name
        return model[name as string]?.(...args);
      };
    },
  });
}

/** The tenant of all operations of a bulk; undefined where they are of several. */
function oneTenantOf(operations: unknown): unknown {
  const tenants = new Set((operations as Record<string, { filter?: unknown; document?: unknown }>[]).flatMap((operation) => (
    Object.values(operation).map(({ filter, document }) => tenantIn(filter ?? document)))));
  return tenants.size === 1 ? [...tenants][0] : undefined;
}
