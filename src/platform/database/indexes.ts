import type { IndexDefinition, IndexOptions, mongo } from 'mongoose';
import { startError } from '../../errors/errors.ts';
import { isDuplicate } from './queries/duplicate.ts';

/** The part of a Mongoose model that is needed here, for any kind of documents. */
export interface IndexedModel {
  readonly schema: { indexes(): readonly (readonly [IndexDefinition, IndexOptions])[] };
  readonly collection: {
    readonly name: string;
    indexes(): Promise<readonly { readonly key: unknown; readonly unique?: boolean }[]>;
    createIndexes(indexes: mongo.IndexDescription[]): Promise<unknown>;
  };
  createCollection(): Promise<unknown>;
  createIndexes(): Promise<void>;
}

/**
 * Builds every declared index and checks that the unique ones exist.
 *
 * Throws a StartError that names each missing unique index. Without one, two nodes could both create the same role.
 */
export async function buildIndexes(models: readonly IndexedModel[]): Promise<void> {
  await Promise.all(models.map(build));
}

async function build(model: IndexedModel): Promise<void> {
  const duplicate = await buildAll(model);
  const missing = await missingUnique(model);
  const where = duplicate === undefined ? '' : ` There are duplicates, such as ${duplicate}.`;
  if (missing.length > 0) throw startError(
    `Unique index missing on ${model.collection.name}: ${missing.join(', ')}.${where} Remove duplicates there and start again.`,
  );
}

/**
 * Builds all indexes in one command, which also creates the collection. Answers the duplicate key that prevents one; then the others are
 * built one by one.
 */
async function buildAll(model: IndexedModel): Promise<string | undefined> {
  // Mongoose and the driver have a type of their own each for the same fields.
  const indexes = model.schema.indexes().map(([key, options]) => ({ ...options, key }) as mongo.IndexDescription);
  if (indexes.length === 0) await model.createCollection();
  const duplicate = indexes.length > 0 ? await duplicateIn(model.collection.createIndexes(indexes)) : undefined;
  return duplicate === undefined ? undefined : await duplicateIn(model.createIndexes());
}

/** The duplicate key that prevents an index, as the database reports it. It names the tenant. */
async function duplicateIn(building: Promise<unknown>): Promise<string | undefined> {
  try {
    await building;
    return undefined;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return 'keyValue' in error ? JSON.stringify(error.keyValue) : error.message;
  }
}

/** Names the declared unique indexes that the database does not have. */
export async function missingUnique(model: IndexedModel): Promise<string[]> {
  const declared = model.schema.indexes().filter(([, options]) => options.unique === true).map(([keys]) => JSON.stringify(keys));
  if (declared.length === 0) return [];
  const present = new Set((await model.collection.indexes()).filter((index) => index.unique === true).map(
    (index) => JSON.stringify(index.key),
  ));
  return declared.filter((keys) => !present.has(keys));
}
