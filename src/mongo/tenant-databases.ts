import type { Connection, Model } from 'mongoose';
import { buildIndexes } from './indexes.ts';
import type { IndexedModel } from './indexes.ts';
import type { Placements } from './placements.ts';
import { routeByTenant } from './routed-model.ts';

/** Makes a model on a handle. */
export type MakeModel<T> = (connection: Connection, prefix: string) => Model<T>;

/** The databases of tenants that have one of their own. */
export interface TenantDatabases {
  /** A model whose rows are where their tenant is kept. */
  model<T>(make: MakeModel<T>): Model<T>;
  /** The model of a tenant's own database, wherever the tenant is kept at this moment: for moving it. */
  ownOf<T>(make: MakeModel<T>, tenantId: string): Model<T>;
  /** Creates a tenant's database with all indexes; may be done again. */
  prepare(tenantId: string): Promise<void>;
  /** Removes a tenant's database with all that is in it. */
  drop(tenantId: string): Promise<void>;
  nameOf(tenantId: string): string;
}

export interface TenantDatabaseDeps {
  /** On the shared database. */
  readonly handle: Connection;
  readonly prefix: string;
  readonly placements: Pick<Placements, 'of'>;
}

/** All of one server: a transaction may reach several of them. */
export function createTenantDatabases({ handle, prefix, placements }: TenantDatabaseDeps): TenantDatabases {
  const makers = new Set<MakeModel<never>>();
  const databases = new Map<string, { readonly connection: Connection; readonly models: Map<unknown, unknown> }>();

  const nameOf = (tenantId: string): string => `${handle.name}_t_${tenantId}`;

  function databaseOf(tenantId: string) {
    const known = databases.get(tenantId);
    if (known) return known;
    const database = { connection: handle.useDb(nameOf(tenantId)), models: new Map<unknown, unknown>() };
    databases.set(tenantId, database);
    return database;
  }

  function ownOf<T>(make: MakeModel<T>, tenantId: string): Model<T> {
    const { connection, models } = databaseOf(tenantId);
    const model = models.get(make) ?? make(connection, prefix);
    models.set(make, model);
    return model as Model<T>; // stored under the function that made it
  }

  return {
    nameOf, ownOf,
    model<T>(make: MakeModel<T>) {
      makers.add(make as unknown as MakeModel<never>); // only to make it again
      const shared = make(handle, prefix);
      return routeByTenant(shared, (tenantId) => (placements.of(tenantId) === 'shared' ? shared : ownOf(make, tenantId)));
    },
    async prepare(tenantId) {
      await buildIndexes([...makers].map((make) => ownOf(make, tenantId) as unknown as IndexedModel)); // a model has all of that
    },
    async drop(tenantId) {
      const { connection } = databaseOf(tenantId);
      databases.delete(tenantId);
      await connection.dropDatabase();
    },
  };
}
