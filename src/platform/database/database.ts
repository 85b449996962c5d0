import mongoose from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { createStoredAs } from '../../engine/resources/stored-as.ts';
import { startError } from '../../errors/errors.ts';
import { createHandle, requireSameDatabase } from './handle.ts';
import { buildIndexes } from './indexes.ts';
import { createRehearsals } from './rehearsals.ts';
import { createTenantDatabases } from './tenancy/tenant-databases.ts';
import type { MakeModel } from './tenancy/tenant-databases.ts';
import type { TenantLocations } from './tenancy/tenant-locations.ts';

/**
 * The collections of a Gatehouse, on the database of a connection of the host's; `prefix` begins their names.
 *
 * Rows that tenants may have in a database of their own are found by way of `tenantLocations`. Throws a StartError for a prefix
 * that is not letters, digits, `_` and `-`, 32 at most, with a letter first.
 */
export function createDatabase(connection: Connection, prefix: string, tenantLocations: Pick<TenantLocations, 'of'>) {
  if (!/^([a-z][\w-]{0,31})?$/i.test(prefix)) throw startError(
    `${JSON.stringify(prefix)} cannot begin the names of collections: up to 32 letters, digits, _ and -, with a letter first, can.`,
  );
  const handle = createHandle(connection);
  const rehearsals = createRehearsals();
  handle.plugin(rehearsals.guard);
  const tenants = createTenantDatabases({ handle, prefix, tenantLocations });
  const models: Model<never>[] = [];

  function add<T>(model: Model<T>): Model<T> {
    models.push(model as unknown as Model<never>); // whatever its rows are
    return model;
  }

  return {
    connection, rehearsals, tenants,
    /** Creates a model whose rows are in the shared database. */
    shared: <T>(make: MakeModel<T>): Model<T> => add(make(handle, prefix)),
    /** Creates a model whose rows are where their tenant is kept. */
    perTenant: <T>(make: MakeModel<T>): Model<T> => add(tenants.model(make)),
    /** How the values of documents are stored, for decisions about them. */
    storedAs: createStoredAs(mongoose.mongo),
    /** Throws a StartError if the connection was not open when this was created. */
    requireSame: () => { requireSameDatabase(handle, connection); },
    /** Builds all indexes of the shared database. Throws a StartError that names each unique index that cannot be built. */
    buildIndexes: () => buildIndexes(models),
    /** For each collection that holds rows of tenants, in the order in which the models were made: removes those of one tenant. */
    purges: () => models.filter(({ schema }) => 'tenantId' in schema.paths).map(
      (model) => (tenantId: string): Promise<unknown> => model.deleteMany({ tenantId }).exec(),
    ),
  };
}

export type Database = ReturnType<typeof createDatabase>;
