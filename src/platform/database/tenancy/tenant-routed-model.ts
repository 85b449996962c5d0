import type { Model } from 'mongoose';

/** Finds the tenant in the arguments of a call. */
type TenantOf = (args: readonly unknown[]) => unknown;

const tenantIn = (value: unknown): unknown => (value as { tenantId?: unknown } | null | undefined)?.tenantId;
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] as unknown : value);
const inFilter: TenantOf = ([filter]) => tenantIn(filter);
const inDocument: TenantOf = ([documents]) => tenantIn(first(documents));

/** The allowed methods that read or write rows, with the place of the tenant in their arguments. Other methods are refused. */
const routed: Readonly<Record<string, TenantOf>> = {
  find: inFilter, findOne: inFilter, exists: inFilter, countDocuments: inFilter, findOneAndUpdate: inFilter, findOneAndDelete: inFilter,
  updateOne: inFilter, updateMany: inFilter, deleteOne: inFilter, deleteMany: inFilter,
  distinct: ([, filter]) => tenantIn(filter),
  create: inDocument, insertMany: inDocument,
  aggregate: ([pipeline]) => tenantIn((first(pipeline) as { $match?: unknown } | undefined)?.$match),
  bulkWrite: ([operations]) => oneTenantOf(operations),
};

/** The members that describe the model and reach no rows. */
const plain = new Set<string | symbol>([
  'schema', 'modelName', 'db', 'collection', 'createCollection', 'createIndexes', Symbol.toStringTag,
]);

/**
 * Creates a model that passes each call to the model of its tenant, which `modelOf` answers.
 *
 * Refuses a call without a tenant, a call on rows of several tenants, and an unknown method, before the call reaches the database.
 * `schema`, `db` and other members without rows are those of `shared`.
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
        if (typeof tenantId !== 'string' || tenantId === '') throw new Error(
          `Tenant routing: ${target.modelName}.${String(name)} was called without a tenant.`,
        );
        const model = modelOf(tenantId) as unknown as Record<string, (...given: unknown[]) => unknown>; // to call a method by its name
        return model[name as string]?.(...args);
      };
    },
  });
}

/** The tenant of all operations of a bulk write; undefined if they have several tenants. */
function oneTenantOf(operations: unknown): unknown {
  const tenants = new Set((operations as Record<string, { filter?: unknown; document?: unknown }>[]).flatMap((operation) => (
    Object.values(operation).map(({ filter, document }) => tenantIn(filter ?? document)))));
  return tenants.size === 1 ? [...tenants][0] : undefined;
}
