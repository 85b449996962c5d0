import { mongo } from 'mongoose';
import type { Collection, Connection, Model } from 'mongoose';
import { buildIndexes } from './indexes.ts';
import type { IndexedModel } from './indexes.ts';
import type { Isolation, Placements } from './placements.ts';
import { routeByTenant } from './routed-model.ts';

/** Makes a model on a handle. */
export type MakeModel<T> = (connection: Connection, prefix: string) => Model<T>;

/** The databases of tenants that have one of their own. */
export interface TenantDatabases {
  /** A model whose rows are where their tenant is kept. */
  model<T>(make: MakeModel<T>): Model<T>;
  /** Creates a tenant's database with all indexes; may be done again. */
  prepare(tenantId: string): Promise<void>;
  /** Removes a tenant's database with all that is in it. */
  drop(tenantId: string): Promise<void>;
  nameOf(tenantId: string): string;
  /** The rows of a tenant in either place, as they are stored, for moving them. */
  rowsOf(tenantId: string): readonly StoredRows[];
}

/** One kind of rows, past the models: nothing is cast or left out. */
export interface StoredRows {
  readonly name: string;
  /** In the order of their ids. */
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
  /** On the shared database. */
  readonly handle: Connection;
  readonly prefix: string;
  readonly placements: Pick<Placements, 'of'>;
}

/** All of one server: a transaction may reach several of them. */
export function createTenantDatabases({ handle, prefix, placements }: TenantDatabaseDeps): TenantDatabases {
  const makers = new Map<MakeModel<never>, Collection>();
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
    nameOf,
    model<T>(make: MakeModel<T>) {
      const shared = make(handle, prefix);
      makers.set(make as unknown as MakeModel<never>, shared.collection); // only to make it again
      return routeByTenant(shared, (tenantId) => (placements.of(tenantId) === 'shared' ? shared : ownOf(make, tenantId)));
    },
    async prepare(tenantId) {
      await buildIndexes([...makers.keys()].map((make) => ownOf(make, tenantId) as unknown as IndexedModel)); // a model has all of that
    },
    rowsOf: (tenantId) => [...makers].map(([make, shared]) => {
      const at = (place: Isolation): Collection => (place === 'shared' ? shared : ownOf(make, tenantId).collection);
      return {
        name: shared.name,
        async *read(place) {
          for await (const document of at(place).find({ tenantId }).sort({ _id: 1 })) yield { document, bytes: mongo.BSON.serialize(document) };
        },
        insert: (place, rows) => at(place).insertMany(rows.map(({ document }) => document)),
        clear: (place) => at(place).deleteMany({ tenantId }),
      };
    }),
    async drop(tenantId) {
      const { connection } = databaseOf(tenantId);
      databases.delete(tenantId);
      await connection.dropDatabase();
    },
  };
}
