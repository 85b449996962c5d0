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
 * Creates the collections of a Gatehouse, in the database of a connection of the host. Their names begin with `prefix`.
 *
 * Rows of a tenant with its own database are found through `tenantLocations`. The prefix may have up to 32 letters, digits, `_` and
 * `-`, and must begin with a letter. Throws a StartError for any other prefix.
 */
export function createDatabase(connection: Connection, prefix: string, tenantLocations: Pick<TenantLocations, 'of'>) {
  if (!/^([a-z][\w-]{0,31})?$/i.test(prefix)) throw startError(
    `${JSON.stringify(prefix)} is not a valid prefix of collections: use up to 32 letters, digits, _ and -, and begin with a letter.`,
  );
  const handle = createHandle(connection);
  const rehearsals = createRehearsals();
  handle.plugin(rehearsals.guard);
  const tenants = createTenantDatabases({ handle, prefix, tenantLocations });
  const models: Model<never>[] = [];

  function add<T>(model: Model<T>): Model<T> {
    models.push(model as unknown as Model<never>); // the list mixes models of all kinds of rows
    return model;
  }

  return {
    connection, rehearsals, tenants,
    /** Creates a model whose rows are in the shared database. */
    shared: <T>(make: MakeModel<T>): Model<T> => add(make(handle, prefix)),
    /** Creates a model whose rows are in the database of their tenant. */
    perTenant: <T>(make: MakeModel<T>): Model<T> => add(tenants.model(make)),
    /** Converts values to their stored form, for decisions about documents. */
    storedAs: createStoredAs(mongoose.mongo),
    /** Throws a StartError if the connection was not open when this was created. */
    requireSame: () => { requireSameDatabase(handle, connection); },
    /** Builds all indexes of the shared database. Throws a StartError that names each unique index that cannot be built. */
    buildIndexes: () => buildIndexes(models),
    /** One function for each collection with rows of tenants, in the order of the models. It removes the rows of one tenant. */
    purges: () => models.filter(({ schema }) => 'tenantId' in schema.paths).map(
      (model) => (tenantId: string): Promise<unknown> => model.deleteMany({ tenantId }).exec(),
    ),
  };
}

export type Database = ReturnType<typeof createDatabase>;
