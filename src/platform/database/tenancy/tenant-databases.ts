import { LRUCache } from 'lru-cache';
import { mongo } from 'mongoose';
import type { Collection, Connection, Model } from 'mongoose';
import { buildIndexes } from '../indexes.ts';
import type { IndexedModel } from '../indexes.ts';
import type { Isolation, TenantLocations } from './tenant-locations.ts';
import { routeByTenant } from './tenant-routed-model.ts';

/** Creates a model on a handle. */
export type MakeModel<T> = (connection: Connection, prefix: string) => Model<T>;

/** The databases of tenants that have their own. */
export interface TenantDatabases {
  /** Creates a model whose rows are in the database of their tenant. */
  model<T>(make: MakeModel<T>): Model<T>;
  /** All indexes that `prepare` builds, as text. A release with other indexes has another text. */
  indexes(): string;
  /** Creates a tenant's database with all indexes. It is safe to call it again. */
  prepare(tenantId: string): Promise<void>;
  /** Removes a tenant's database with all its rows. */
  drop(tenantId: string): Promise<void>;
  nameOf(tenantId: string): string;
  /** The rows of a tenant in either place, in their stored form, for a move. */
  rowsOf(tenantId: string): readonly StoredRows[];
}

/** One kind of rows. Reads and writes bypass the models, so that no field is converted or left out. */
export interface StoredRows {
  readonly name: string;
  /** Reads the rows in the order of their ids. */
  read(place: Isolation): AsyncIterable<StoredRow>;
  insert(place: Isolation, rows: readonly StoredRow[]): Promise<unknown>;
  clear(place: Isolation): Promise<unknown>;
}

export interface StoredRow {
  readonly document: mongo.Document;
  /** BSON. */
  readonly bytes: Uint8Array;
}

export interface TenantDatabaseDeps {
  /** A handle on the shared database. */
  readonly handle: Connection;
  readonly prefix: string;
  readonly tenantLocations: Pick<TenantLocations, 'of'>;
  /** Maximum number of databases whose models stay in memory, some 170 kB each. Models of other databases are created again. */
  readonly maxHeld?: number;
}

/** Creates the databases of tenants. All are on one server, so that one transaction can use several of them. */
export function createTenantDatabases({ handle, prefix, tenantLocations, maxHeld = 500 }: TenantDatabaseDeps): TenantDatabases {
  const sharedModels: Model<never>[] = [];
  // Mongoose lists each database at its parent handle forever. Its own removeDb() would end operations that are still running there.
  const listing = handle as Connection & { otherDbs: Connection[] };
  const databases = new LRUCache<string, Connection>({ max: maxHeld, dispose: (gone) => {
    listing.otherDbs = listing.otherDbs.filter((other) => other !== gone);
  } });

  const nameOf = (tenantId: string): string => `${handle.name}_t_${tenantId}`;

  function databaseOf(tenantId: string): Connection {
    const known = databases.get(tenantId);
    if (known) return known;
    const connection = handle.useDb(nameOf(tenantId));
    for (const { modelName, schema, collection } of sharedModels) connection.model(modelName, schema, collection.name);
    databases.set(tenantId, connection);
    return connection;
  }

  const ownOf = <T>({ modelName }: Model<T>, tenantId: string): Model<T> => databaseOf(tenantId).model<T>(modelName);

  return {
    nameOf,
    model<T>(make: MakeModel<T>) {
      const shared = make(handle, prefix);
      sharedModels.push(shared as unknown as Model<never>); // the list mixes models of all kinds of rows
      return routeByTenant(shared, (tenantId) => (tenantLocations.of(tenantId) === 'shared' ? shared : ownOf(shared, tenantId)));
    },
    indexes: () => JSON.stringify(sharedModels.map(({ modelName, schema }) => [modelName, schema.indexes()])),
    async prepare(tenantId) {
      await buildIndexes(sharedModels.map((shared) => ownOf(shared, tenantId) as unknown as IndexedModel)); // a model has these members
    },
    rowsOf: (tenantId) => sharedModels.map((shared) => {
      const at = (place: Isolation): Collection => (place === 'shared' ? shared : ownOf(shared, tenantId)).collection;
      return {
        name: shared.collection.name,
        async *read(place) {
          const documents = at(place).find({ tenantId }).sort({ _id: 1 });
          for await (const document of documents) yield { document, bytes: mongo.BSON.serialize(document) };
        },
        insert: (place, rows) => at(place).insertMany(rows.map(({ document }) => document)),
        clear: (place) => at(place).deleteMany({ tenantId }),
      };
    }),
    async drop(tenantId) {
      await databaseOf(tenantId).dropDatabase();
      databases.delete(tenantId);
    },
  };
}
